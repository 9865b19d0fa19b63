#include "core/rebalance/moves.h"

#include <algorithm>

#include "base/assert.h"
#include "core/health/pause.h"

namespace wsm {

void Moves::begin(SubscriptionId id, ShardId from, ShardId to, const JoinTally& before,
                  TimePoint now) {
  const auto [entry, is_new] = moves_.try_emplace(id, Move{from, to, now, before});
  WSM_ASSERT(is_new);
  set_deadline(id, entry->second, paused_at_.value_or(now) + proof_timeout_);
}

std::optional<Moves::Move> Moves::end(SubscriptionId id) {
  const auto entry = moves_.find(id);
  if (entry == moves_.end()) return std::nullopt;
  const Move move = entry->second;
  deadlines_.erase({move.deadline, id});
  moves_.erase(entry);
  return move;
}

void Moves::clear() {
  moves_.clear();
  deadlines_.clear();
  proven_.clear();
  changed_.clear();
}

void Moves::pause(TimePoint now) {
  if (!paused_at_) paused_at_ = now;
}

void Moves::resume(TimePoint now) {
  if (!paused_at_) return;
  const Duration paused_for = now - *std::exchange(paused_at_, std::nullopt);
  for (auto& [id, move] : moves_) {
    set_deadline(id, move, std::max(move.deadline + paused_for, now + kReadingTime));
  }
}

void Moves::handle_lost(SubscriptionId id, std::int64_t messages) {
  if (const auto entry = moves_.find(id); entry != moves_.end()) entry->second.lost += messages;
}

void Moves::handle_changed(ShardId shard) {
  for (const auto& [id, move] : moves_) {
    if (move.from == shard || move.to == shard) changed_.push_back(id);
  }
}

Moves::Decision Moves::handle_timeout(SubscriptionId id, Switchover::Evidence evidence,
                                      TimePoint now) {
  Move& move = moves_.at(id);
  switch (evidence) {
    case Switchover::Evidence::kQuiet: return Decision::kFinish;
    case Switchover::Evidence::kDeaf:
    case Switchover::Evidence::kRefused:
    case Switchover::Evidence::kNoRoom: return Decision::kGiveUp;
    case Switchover::Evidence::kUnanswered: break;
  }
  if (move.extensions == kExtensions) return Decision::kGiveUp;
  ++move.extensions;
  set_deadline(id, move, now + proof_timeout_);
  return Decision::kWait;
}

std::vector<SubscriptionId> Moves::due(TimePoint now) const {
  std::vector<SubscriptionId> due;
  if (paused_at_) return due;
  for (const auto& [deadline, id] : deadlines_) {
    if (deadline > now) break;
    due.push_back(id);
  }
  return due;
}

std::optional<TimePoint> Moves::next_deadline() const {
  if (paused_at_ || deadlines_.empty()) return std::nullopt;
  return deadlines_.begin()->first;
}

const Moves::Move* Moves::find(SubscriptionId id) const {
  const auto entry = moves_.find(id);
  return entry == moves_.end() ? nullptr : &entry->second;
}

void Moves::set_deadline(SubscriptionId id, Move& move, TimePoint deadline) {
  deadlines_.erase({move.deadline, id});
  move.deadline = deadline;
  deadlines_.emplace(deadline, id);
}

}  // namespace wsm
