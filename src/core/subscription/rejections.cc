#include "core/subscription/rejections.h"

namespace wsm {

std::vector<SubscriptionId> Rejections::take_due(TimePoint now) {
  std::vector<SubscriptionId> due;
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    if (entry->second.retry_at && *entry->second.retry_at <= now) {
      due.push_back(entry->first);
      entry = entries_.erase(entry);
    } else {
      ++entry;
    }
  }
  return due;
}

std::optional<TimePoint> Rejections::next_deadline() const {
  std::optional<TimePoint> next;
  for (const auto& [id, rejection] : entries_) next = earliest(next, rejection.retry_at);
  return next;
}

}  // namespace wsm
