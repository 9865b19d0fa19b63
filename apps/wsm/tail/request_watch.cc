#include "tail/request_watch.h"

#include <variant>

namespace wsm::tail {

bool RequestWatch::is_last_failure(const EventKind& event) {
  if (std::holds_alternative<event::SubscriptionsRequested>(event)) has_requested_ = true;
  // A new connection begins anew, so a topic that fails twice is still one.
  if (const auto* connected = std::get_if<event::Connected>(&event)) {
    failed_.erase(connected->shard);
  }
  const auto* failed = std::get_if<event::SubscriptionSendFailed>(&event);
  if (failed == nullptr || has_requested_) return false;
  failed_[failed->shard] += failed->count;
  std::size_t total = 0;
  for (const auto& [shard, count] : failed_) total += count;
  return total == topics_;
}

}  // namespace wsm::tail
