// What a Shard knows of single subscriptions: answers, rejections, silence.

#include <utility>

#include "core/recovery/backoff.h"
#include "core/shard/shard.h"

namespace wsm {

Reception Shard::handle_inspected(Generation generation, const Message& message,
                                  const Inspected& inspected, TimePoint now) {
  Line* line = find(generation);
  if (!line) return Reception::kDeliver;
  switch (inspected.role) {
    case MessageRole::kData: return handle_data(*line, message, inspected, now);
    case MessageRole::kAcknowledgement:
    case MessageRole::kRejection: handle_answer(*line, inspected, now); break;
    case MessageRole::kDrainNotice: handle_drain_notice(*line, inspected, now); break;
    case MessageRole::kUndecided:
    case MessageRole::kHeartbeat:
    case MessageRole::kOther: break;
  }
  return Reception::kDeliver;
}

/// A line that only drains still delivers, what no other one has brought.
Reception Shard::handle_data(Line& line, const Message& message, const Inspected& data,
                             TimePoint now) {
  line.connection.handle_data();
  if (!data.subscription) return Reception::kDeliver;
  if (line.tracker) {
    line.tracker->handle_data(*data.subscription, now);
    tell_changes(line, now);
  }
  const SubscriptionId id = *data.subscription;
  const auto fate =
      joins_.empty() ? JoinFate::kDeliver : joins_.handle(id, id_of(line), message, data, now);
  if (!unproven_.empty()) note_proven(id);
  if (!reports_.empty()) reports_.handle_fate(line.generation, fate);
  if (fate == JoinFate::kDeliver) return enter_in_books(id, id_of(line), data.numbering, now);
  if (fate == JoinFate::kDrop) ledger_.handle_copy(id, id_of(line), data.numbering);
  return Reception::kWithhold;
}

/// What is delivered is what the ledger knows of.
Reception Shard::enter_in_books(SubscriptionId id, ConnectionId connection,
                                const Numbering& numbering, TimePoint now) {
  switch (ledger_.handle_data(id, connection, numbering, now)) {
    case Ledger::Advice::kDeliver: break;
    case Ledger::Advice::kDeliverAndRecover: recover(connection, id, now); break;
    case Ledger::Advice::kWithhold:
    case Ledger::Advice::kPastIt: return Reception::kWithhold;
  }
  return Reception::kDeliver;
}

void Shard::recover(ConnectionId connection, SubscriptionId id, TimePoint now) {
  if (status_ != ShardStatus::kLive || !desired_.contains(id)) return;
  if (connection != id_of(*carrier_of(id))) return;
  if (settings_.ledger.recovery == GapRecovery::kAskAgain) return renew(id, now);
  if (is_switching() || now < no_switchover_before_) return;
  no_switchover_before_ = now + settings_.ledger.recovery_interval;
  if (settings_.hot_switchover && plan_switchover(SwitchoverTrigger::kGap, now)) return;
  break_service({.kind = DisconnectKind::kReplaced, .detail = "gap"}, now);
  connect(now);
}

/// From now on messages of everything that is carried may be missing, but for what another line, of
/// this shard or not, brings; what it has brought since `heard_since`, if that is in doubt.
void Shard::interrupt(GapCause cause, std::optional<ConnectionId> interrupted,
                      std::optional<TimePoint> heard_since, TimePoint now) {
  for (const SubscriptionId id : desired_) {
    if (handed_over_.contains(id)) continue;
    const bool is_covered = joins_.is_covered_without(id, id_of(*active_), heard_since);
    if (is_covered && !is_standby_refused(id)) continue;
    interrupt(id, cause, interrupted, now);
  }
}

void Shard::interrupt(SubscriptionId id, GapCause cause, std::optional<ConnectionId> interrupted,
                      TimePoint now) {
  if (ledger_.handle_interrupted(id, id_, cause, interrupted, now)) {
    const auto line = interrupted && interrupted->shard == id_
                          ? std::optional{interrupted->generation}
                          : std::nullopt;
    reports_.handle_interrupted(id, line);
  }
  const bool is_awaited = speaks_for(id) && !rejected_.contains(id);
  if (cause == GapCause::kReconnect && is_awaited) waiting_.begin(id, now);
}

/// The standby takes over from a line that lives: what it has not been asked for, or was refused,
/// is carried by none of them.
void Shard::interrupt_unasked(TimePoint now) {
  const RequestBatcher& batcher = *standby_->batcher;
  if (batcher.has_requested_all() && !is_standby_refused_any()) return;
  for (const SubscriptionId id : desired_) {
    const bool is_asked = batcher.requested_at(id) && !is_standby_refused(id);
    if (is_asked || joins_.is_covered_without(id, id_of(*active_))) continue;
    interrupt(id, GapCause::kReconnect, id_of(*active_), now);
  }
}

/// What the server has said and shown goes into the events.
void Shard::tell_changes(Line& line, TimePoint now) {
  if (!line.tracker || !line.tracker->has_changes()) return;
  for (const auto& [id, status] : line.tracker->take_changes()) {
    out_.tell_status(id_, line.generation, status, id);
    if (status == SubscriptionStatus::kLive && &line == carrier_of(id)) note_live(id, now);
  }
}

void Shard::note_live(SubscriptionId id, TimePoint now) {
  if (const auto waited = waiting_.take(id, now)) out_.timings.time_to_live.add(*waited);
}

/// Another line serves: what is live on it has waited long enough.
void Shard::end_waiting(TimePoint now) {
  if (!active_->tracker) return;
  std::vector<SubscriptionId> live;
  for (const auto& [id, since] : waiting_.all()) {
    const auto state = active_->tracker->state(id, now);
    if (state && state->status == SubscriptionStatus::kLive) live.push_back(id);
  }
  for (const SubscriptionId id : live) note_live(id, now);
}

void Shard::renew(SubscriptionId id, TimePoint now) {
  Line* line = carrier_of(id);
  if (!line || !line->batcher) return;
  line->batcher->renew(id);
  request_subscriptions(*line, now);
}

/// What is refused on a standby is refused to it alone: the active line carries it.
void Shard::handle_answer(Line& line, const Inspected& answer, TimePoint now) {
  if (!line.tracker) return;  // It is not in service any more.
  const auto refused = line.tracker->handle_answer(answer, now);
  tell_changes(line, now);
  if (refused.empty()) return;
  out_.counters.rejections += refused.size();
  out_.events.emplace_back(
      event::SubscriptionsRejected{id_, line.generation, refused.size(), answer.detail});
  const Duration longest = settings_.backoff.max_delay;
  for (const SubscriptionId id : refused) {
    const bool is_standby = &line == standby_.get() && carrier_of(id) != &line;
    if (desired_.contains(id) && (is_standby || carrier_of(id) == &line)) {
      std::optional<TimePoint> retry_at;
      if (answer.may_retry) retry_at = now + uniform_delay(longest / 2, longest, rng_);
      Rejections::Rejection rejection{now, retry_at, answer.detail};
      is_standby ? line.refused.add(id, std::move(rejection)) : reject(id, std::move(rejection));
    }
    line.batcher->handle_refused(id);
    if (is_standby && !rejected_.contains(id)) {
      unproven_.insert(id);  // It may have been proven before.
    } else {
      unproven_.erase(id);
    }
    release_if_unheld(id);
  }
  request_subscriptions(line, now);
  conclude_if_proven(now);
}

void Shard::reject(SubscriptionId id, Rejections::Rejection rejection) {
  if (handed_over_.erase(id) > 0) out_.tell_handed_over(id_, active_->generation, id);
  handed_unproven_.erase(id);
  rejected_.add(id, std::move(rejection));
  waiting_.end(id);
  if (speaks_for(id)) out_.tell_status(id_, std::nullopt, SubscriptionStatus::kRejected, id);
}

/// A standby serves from now on: what its server has said counts, and that of the other no longer.
void Shard::take_the_word_of_active(TimePoint now) {
  std::vector<SubscriptionId> carried;
  for (const auto& [id, rejection] : rejected_.all()) {
    if (active_->batcher && active_->batcher->holds(id)) carried.push_back(id);
  }
  for (const SubscriptionId id : carried) {
    rejected_.remove(id);
    if (!speaks_for(id)) continue;
    waiting_.begin(id, now);
    out_.tell_status(id_, std::nullopt, SubscriptionStatus::kDesired, id);
  }
  const Rejections refused = std::exchange(active_->refused, {});
  for (const auto& [id, rejection] : refused.all()) reject(id, rejection);
}

/// Asks again where no answer came, and finds the silent ones.
void Shard::look_after_subscriptions(Line& line, TimePoint now) {
  if (!line.tracker) return;
  const auto overdue = line.tracker->take_overdue(now);
  if (!overdue.empty()) {
    ++out_.counters.acknowledgements_overdue;
    out_.events.emplace_back(event::AcknowledgementOverdue{id_, line.generation, overdue.size()});
    for (const SubscriptionId id : overdue) line.batcher->ask_again(id);
  }
  auto silent = line.tracker->take_silent(now);
  std::erase_if(silent, [&](const auto& found) {
    return guests_.contains(found.id) || carrier_of(found.id) != &line;
  });
  tell_changes(line, now);
  if (silent.empty()) return;
  out_.counters.stalls += silent.size();
  out_.events.emplace_back(event::SubscriptionStalled{id_, silent.size()});
  for (const auto& [id, timeout] : silent) {
    if (joins_.is_covered_without(id, id_of(line), now - timeout)) continue;
    ledger_.handle_interrupted(id, id_, GapCause::kStall, std::nullopt, now);
  }
  silent_.insert(silent_.end(), silent.begin(), silent.end());
}

void Shard::retry_rejected(TimePoint now) {
  if (standby_ && standby_->batcher) {
    const auto due = standby_->refused.take_due(now);
    for (const SubscriptionId id : due) want(*standby_, id, now);
    if (!due.empty()) request_subscriptions(*standby_, now);
  }
  const auto due = rejected_.take_due(now);
  if (due.empty()) return;
  for (const SubscriptionId id : due) {
    if (!speaks_for(id)) continue;
    waiting_.begin(id, now);
    out_.tell_status(id_, std::nullopt, SubscriptionStatus::kDesired, id);
  }
  for (Line* line : {active_.get(), standby_.get()}) {
    if (!line || !line->batcher) continue;
    for (const SubscriptionId id : due) {
      line->refused.remove(id);
      want(*line, id, now);
    }
    request_subscriptions(*line, now);
  }
}

SubscriptionState Shard::state(SubscriptionId id, TimePoint desired_since, TimePoint now) const {
  if (const auto* rejection = rejected_.find(id)) {
    return {SubscriptionStatus::kRejected, id_, now - rejection->since, {}, rejection->detail};
  }
  const Line* carrier = carrier_of(id);
  if (carrier && carrier->tracker) {
    if (const auto known = carrier->tracker->state(id, now)) {
      return {known->status, id_, known->since};
    }
  }
  // What is not requested now has not been since an open connection last stopped serving.
  if (interrupted_at_) desired_since = std::max(desired_since, *interrupted_at_);
  return {SubscriptionStatus::kDesired, id_, now - desired_since, {}, {}};
}

}  // namespace wsm
