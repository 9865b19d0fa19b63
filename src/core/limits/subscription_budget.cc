#include "core/limits/subscription_budget.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace wsm {

bool SubscriptionBudget::take() {
  if (!most_) return true;
  if (!has_room()) return false;
  ++taken_;
  return true;
}

void SubscriptionBudget::give_back(std::size_t count, TimePoint now) {
  if (!most_ || count == 0) return;
  ending_.push_back({now + kSettle, count});
}

void SubscriptionBudget::cancel(std::size_t count) {
  if (!most_) return;
  WSM_ASSERT(count <= taken_);
  taken_ -= count;
}

void SubscriptionBudget::await_room(ShardId shard) {
  if (std::ranges::find(waiting_, shard) == waiting_.end()) waiting_.push_back(shard);
}

void SubscriptionBudget::handle_timeout(TimePoint now) {
  while (!ending_.empty() && ending_.front().at <= now) {
    cancel(ending_.front().count);
    ending_.pop_front();
  }
}

std::vector<ShardId> SubscriptionBudget::take_admitted() {
  return has_room() ? std::exchange(waiting_, {}) : std::vector<ShardId>{};
}

std::optional<TimePoint> SubscriptionBudget::next_deadline() const {
  if (waiting_.empty()) return std::nullopt;
  if (has_room()) return TimePoint{};
  return ending_.empty() ? std::nullopt : std::optional{ending_.front().at};
}

}  // namespace wsm
