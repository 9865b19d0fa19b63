#include "core/rebalance/rebalancing.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace wsm {

void Rebalancing::begin(RebalancePlan plan, TimePoint now) {
  WSM_ASSERT(!is_under_way());
  due_at_.reset();
  under_way_ = UnderWay{now, {}, std::move(plan.closable)};
  waiting_.assign(plan.moves.begin(), plan.moves.end());
}

void Rebalancing::clear() { *this = {}; }

void Rebalancing::handle_changed(TimePoint now) {
  if (is_under_way() || due_at_) return;
  due_at_ = now + kDelay;
  if (ended_at_) due_at_ = std::max(*due_at_, *ended_at_ + pause_);
}

void Rebalancing::handle_balanced(TimePoint now) {
  due_at_.reset();
  ended_at_ = now;
}

void Rebalancing::handle_begun() {
  moving_.insert(waiting_.front().subscription);
  waiting_.pop_front();
}

void Rebalancing::handle_impossible() {
  ++under_way_->told.abandoned;
  waiting_.pop_front();
}

void Rebalancing::handle_ended(SubscriptionId id, MoveOutcome outcome) {
  if (moving_.erase(id) == 0) return;
  may_go_on_ = true;
  event::RebalanceFinished& told = under_way_->told;
  switch (outcome) {
    case MoveOutcome::kProven: ++told.proven; break;
    case MoveOutcome::kUnproven: ++told.unproven; break;
    case MoveOutcome::kInterrupted: ++told.interrupted; break;
    case MoveOutcome::kAbandoned: ++told.abandoned; break;
  }
}

void Rebalancing::handle_cancelled(SubscriptionId id) {
  if (moving_.erase(id) > 0) may_go_on_ = true;
}

void Rebalancing::handle_no_room() {
  if (!moving_.empty()) return;
  under_way_->told.abandoned += waiting_.size();
  waiting_.clear();
}

std::optional<RebalanceMove> Rebalancing::next() {
  may_go_on_ = false;
  if (waiting_.empty() || moving_.size() >= kMovesMax) return std::nullopt;
  return waiting_.front();
}

std::optional<Rebalancing::Result> Rebalancing::take_result(TimePoint now) {
  if (!is_under_way() || left() > 0) return std::nullopt;
  UnderWay ended = *std::exchange(under_way_, std::nullopt);
  ended_at_ = now;
  ended.told.lasted = now - ended.begun;
  pause_ = ended.told.abandoned == 0 ? kPause : std::min(2 * pause_, kPauseMax);
  return Result{ended.told, std::move(ended.closable)};
}

bool Rebalancing::is_being_emptied(ShardId shard) const {
  return under_way_ && std::ranges::find(under_way_->closable, shard) != under_way_->closable.end();
}

}  // namespace wsm
