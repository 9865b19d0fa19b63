#include "tail/refusal_watch.h"

#include <variant>

namespace wsm::tail {

bool RefusalWatch::is_last_refusal(const EventKind& event) {
  const auto* changed = std::get_if<event::SubscriptionsChanged>(&event);
  if (changed == nullptr || changed->status != SubscriptionStatus::kRejected) return false;
  for (const SubscriptionName& topic : changed->subscriptions) refused_.insert(topic.id);
  return refused_.size() == topics_;
}

}  // namespace wsm::tail
