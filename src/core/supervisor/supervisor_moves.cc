// Moves of single subscriptions from one shard that serves to another, make before break.

#include <algorithm>
#include <string>
#include <utility>

#include "core/supervisor/supervisor.h"

namespace wsm {

Result<void> Supervisor::move(SubscriptionId id, ShardId target, TimePoint now) {
  if (auto error = refusal()) return Failure{*std::move(error)};
  const auto carrier = book_.shard_of(id);
  if (!carrier) return Failure{Error{Errc::kInvalidArgument, "it is not subscribed"}};
  Shard* from = find(*carrier);
  Shard* to = find(target);
  if (!to) return unknown(target);
  if (copies_.is_copy(target)) {
    return Failure{Error{Errc::kInvalidArgument, "that shard is a copy of another one"}};
  }
  if (from == to || moves_.find(id)) {
    return Failure{Error{Errc::kInvalidArgument, "it is there, or on the move"}};
  }
  for (const ShardId side : {*carrier, target}) {
    if (const auto standing = standing_of(side); standing != ShardStanding::kDependable) {
      return Failure{Error{Errc::kNotConnected, "shard " + std::to_string(side.value()) + " is " +
                                                    std::string{to_string(standing)}}};
    }
  }
  if (!placement_->has_room(target)) return Failure{Error{Errc::kNoRoom, "that shard is full"}};
  if (!budget_.has_room(redundancy_)) {
    return Failure{Error{Errc::kSubscriptionLimit, "max_subscriptions leaves none for a move"}};
  }
  moves_.begin(id, from->id(), to->id(), joins_.tally(id), now);
  placement_->add_load(target);
  host(id, *to, now);
  return {};
}

/// Whether a message has shown that nothing of `id` would be lost any more with the shard that it
/// comes from. What follows from it waits for the end of the read.
void Supervisor::note_proof(SubscriptionId id) {
  const Moves::Move* move = moves_.find(id);
  if (!move) return;
  for (const Shard* shard : group_of(move->to)) {
    const auto fresh = shard->carrying(id);
    if (fresh && joins_.is_proven(id, *fresh)) return moves_.handle_proven(id);
  }
}

void Supervisor::finish_proven_moves(TimePoint now) {
  for (const SubscriptionId id : moves_.take_proven()) {
    // Unless it was told of twice, or ended otherwise.
    if (moves_.find(id)) finish_move(id, MoveOutcome::kProven, now);
  }
}

/// Looks at the moves whose time is over, or whose shards are not what they were.
void Supervisor::look_after_moves(TimePoint now) {
  finish_proven_moves(now);
  for (const SubscriptionId id : moves_.take_changed()) {
    const Moves::Move* move = moves_.find(id);
    if (!move) continue;
    const auto is_dependable = [&](ShardId shard) {
      return standing_of(shard) == ShardStanding::kDependable;
    };
    if (!is_dependable(move->to)) {
      give_up_move(id, now);
    } else if (!is_dependable(move->from)) {
      finish_move(id, MoveOutcome::kInterrupted, now);
    }
  }
  for (const SubscriptionId id : moves_.due(now)) {
    switch (moves_.handle_timeout(id, evidence(id, *moves_.find(id), now), now)) {
      case Moves::Decision::kWait: break;
      case Moves::Decision::kFinish: finish_move(id, MoveOutcome::kUnproven, now); break;
      case Moves::Decision::kGiveUp: give_up_move(id, now); break;
    }
  }
}

/// What there is to be said of the new side when its time is over: the best of what is to be said
/// of any of its connections.
Switchover::Evidence Supervisor::evidence(SubscriptionId id, const Moves::Move& move,
                                          TimePoint now) const {
  std::optional<TimePoint> last;
  for (const Shard* from : group_of(move.from)) {
    if (const auto old = from->carrying(id)) last = std::max(last, joins_.last_data(id, *old));
  }
  auto best = Switchover::Evidence::kRefused;
  for (const Shard* to : group_of(move.to)) best = std::min(best, evidence(id, *to, last, now));
  return best;
}

/// It is deaf when the old side has had data that it should have had as well: neither just after
/// the request nor just now. `last` is when the old side had some.
Switchover::Evidence Supervisor::evidence(SubscriptionId id, const Shard& to,
                                          std::optional<TimePoint> last, TimePoint now) const {
  const auto status = to.state(id, now, now).status;
  const auto asked_at = to.requested_at(id);
  if (status == SubscriptionStatus::kRejected) return Switchover::Evidence::kRefused;
  if (!asked_at || to.is_answer_awaited(id)) return Switchover::Evidence::kUnanswered;
  if (joins_.last_data(id, *to.carrying(id))) return Switchover::Evidence::kQuiet;
  const Duration margin = settings_.proof_timeout / 4;
  const bool is_deaf = last && *last > *asked_at + margin && *last < now - margin;
  return is_deaf ? Switchover::Evidence::kDeaf : Switchover::Evidence::kQuiet;
}

/// The new side carries it alone.
void Supervisor::finish_move(SubscriptionId id, MoveOutcome outcome, TimePoint now) {
  const Moves::Move move = *moves_.end(id);
  Shard& from = *find(move.from);
  Shard& to = *find(move.to);
  report_move(id, move, outcome, now);
  placement_->remove_load(move.from);
  book_.move(id, move.to);
  to.make_resident(id, now);
  leave_to_others(id, from, now);
  ++out_.counters.moves;
  rebalancing_.handle_ended(id, outcome);
  refresh(to);
  close_if_empty(from, now);
}

/// The old side goes on as if nothing had been.
void Supervisor::give_up_move(SubscriptionId id, TimePoint now) {
  const Moves::Move move = *moves_.end(id);
  report_move(id, move, MoveOutcome::kAbandoned, now);
  ++out_.counters.moves_abandoned;
  rebalancing_.handle_ended(id, MoveOutcome::kAbandoned);
  send_guest_away(id, *find(move.to), now);
}

/// Before the join is told of it, which may be over then.
void Supervisor::report_move(SubscriptionId id, const Moves::Move& move, MoveOutcome outcome,
                             TimePoint now) {
  const auto asked_at = find(move.to)->requested_at(id);
  const JoinTally tally = joins_.tally(id).since(move.before);
  out_.events.emplace_back(event::SubscriptionMoved{
      .subscription = {id},
      .from = move.from,
      .to = move.to,
      .outcome = outcome,
      .lasted = now - move.begun,
      .subscribing = std::max(asked_at.value_or(now) - move.begun, Duration::zero()),
      .duplicates_removed = tally.duplicates,
      .messages_held = tally.held,
      .messages_lost = static_cast<std::uint64_t>(std::max(move.lost, std::int64_t{0}))});
}

void Supervisor::send_guest_away(SubscriptionId id, Shard& host, TimePoint now) {
  if (placement_->knows(host.id())) placement_->remove_load(host.id());
  leave_to_others(id, host, now);
  close_if_empty(host, now);
}

}  // namespace wsm
