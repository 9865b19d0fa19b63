#include "core/subscription/rejections.h"

#include <algorithm>

namespace wsm {

void Rejections::add(SubscriptionId id, Rejection rejection) {
  remove(id);
  if (rejection.retry_at) retries_.emplace(*rejection.retry_at, id);
  entries_.emplace(id, std::move(rejection));
}

void Rejections::remove(SubscriptionId id) {
  const auto removed = entries_.extract(id);
  if (!removed.empty() && removed.mapped().retry_at) {
    retries_.erase({*removed.mapped().retry_at, id});
  }
}

std::vector<SubscriptionId> Rejections::take_due(TimePoint now) {
  std::vector<SubscriptionId> due;
  while (!retries_.empty() && retries_.begin()->first <= now) {
    due.push_back(retries_.begin()->second);
    remove(due.back());
  }
  std::ranges::sort(due);
  return due;
}

std::optional<TimePoint> Rejections::next_deadline() const {
  if (retries_.empty()) return std::nullopt;
  return retries_.begin()->first;
}

}  // namespace wsm
