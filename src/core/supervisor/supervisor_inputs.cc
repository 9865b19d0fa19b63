// Inputs, outputs and numbers of Supervisor: each finds its shard and keeps the deadlines.

#include <algorithm>
#include <utility>

#include "core/supervisor/supervisor.h"

namespace wsm {

/// Tells a shard something, if it is still there, and carries over what came of it.
template <class Telling>
void Supervisor::tell(ShardId id, Telling telling) {
  Shard* shard = find(id);
  if (!shard) return;
  telling(*shard);
  refresh(*shard);
}

void Supervisor::handle_prepared(ConnectionId id, Result<Preparation, DisconnectReason> preparation,
                                 TimePoint now) {
  tell(id.shard,
       [&](Shard& shard) { shard.handle_prepared(id.generation, std::move(preparation), now); });
}

void Supervisor::handle_connecting(ConnectionId id, TimePoint now) {
  tell(id.shard, [&](Shard& shard) { shard.handle_connecting(id.generation, now); });
}

void Supervisor::handle_dialed(ConnectionId id, TimePoint now) {
  tell(id.shard, [&](Shard& shard) { shard.handle_dialed(id.generation, now); });
}

void Supervisor::handle_greeted(ConnectionId id,
                                Result<std::vector<OutgoingMessage>, DisconnectReason> messages,
                                TimePoint now) {
  tell(id.shard,
       [&](Shard& shard) { shard.handle_greeted(id.generation, std::move(messages), now); });
}

void Supervisor::handle_rendered(ConnectionId id, Result<std::optional<OutgoingMessage>> rendered,
                                 TimePoint now) {
  tell(id.shard,
       [&](Shard& shard) { shard.handle_rendered(id.generation, std::move(rendered), now); });
}

void Supervisor::handle_received(ConnectionId id, TimePoint now) {
  tell(id.shard, [&](Shard& shard) { shard.handle_received(id.generation, now); });
  if (!moves_.empty()) finish_proven_moves(now);
}

Reception Supervisor::handle_inspected(ConnectionId id, const Message& message,
                                       const Inspected& inspected, TimePoint now) {
  // What comes of it is carried over once a read, by handle_received().
  Shard* shard = find(id.shard);
  if (!shard) return Reception::kDeliver;
  const std::uint64_t lost_before = out_.counters.messages_lost;
  const Reception reception = shard->handle_inspected(id.generation, message, inspected, now);
  if (!inspected.subscription) return reception;
  if (reception == Reception::kDeliver) {
    note_delivered(*inspected.subscription, message.size(), now);
  }
  note_lost(*inspected.subscription, shard, lost_before);
  if (!moves_.empty()) note_proof(*inspected.subscription);
  return reception;
}

void Supervisor::note_delivered(SubscriptionId id, std::size_t bytes, TimePoint now) {
  if (measures_rates_) rates_.handle_message(id, bytes, now);
}

/// What the ledger has found to be missing before a message that `shard` has brought, or has taken
/// off again, goes into the reports of what is under way.
void Supervisor::note_lost(SubscriptionId id, Shard* shard, std::uint64_t lost_before) {
  const auto lost = static_cast<std::int64_t>(out_.counters.messages_lost - lost_before);
  if (lost == 0) return;
  moves_.handle_lost(id, lost);
  if (shard) shard->handle_lost(id, lost);
}

std::optional<Joins::Released> Supervisor::poll_released(TimePoint now) {
  while (auto released = joins_.poll_released()) {
    HeldMessage& message = released->message;
    tell(message.connection.shard, [&](Shard& shard) { shard.handle_released(released->id, now); });
    if (!moves_.empty()) note_proof(released->id);
    if (message.begins_anew) {
      message.numbering.restarts = ledger_.handle_begun_anew(released->id, message.connection, now);
    }
    const std::uint64_t lost_before = out_.counters.messages_lost;
    const auto advice =
        ledger_.handle_data(released->id, message.connection, message.numbering, now);
    note_lost(released->id, find(message.connection.shard), lost_before);
    if (advice == Ledger::Advice::kWithhold || advice == Ledger::Advice::kPastIt) continue;
    if (advice == Ledger::Advice::kDeliverAndRecover) {
      tell(message.connection.shard,
           [&](Shard& shard) { shard.recover(message.connection, released->id, now); });
    }
    note_delivered(released->id, message.payload.size(), now);
    return released;
  }
  return std::nullopt;
}

void Supervisor::handle_transmitted(ConnectionId id, TimePoint now) {
  if (!settings_.connection.frames.is_limited()) return;  // Then nothing waits for it.
  tell(id.shard, [&](Shard& shard) { shard.handle_transmitted(id.generation, now); });
}

void Supervisor::handle_transport_ended(ConnectionId id, DisconnectReason reason, TimePoint now) {
  tell(id.shard,
       [&](Shard& shard) { shard.handle_transport_ended(id.generation, std::move(reason), now); });
}

void Supervisor::handle_error_answer(ConnectionId id, ErrorAnswer answer, TimePoint now) {
  tell(id.shard, [&](Shard& shard) { shard.handle_error_answer(id.generation, answer, now); });
}

/// Whoever was not called when he had asked for it, nor since then, has stood still.
void Supervisor::begin_turn(TimePoint now) {
  budget_.handle_timeout(now);  // Before anybody asks for room.
  const TimePoint last = std::exchange(last_turn_, now);
  if (is_paused_ || deadlines_.empty()) return;
  const TimePoint since = std::max(last, deadlines_.begin()->first);
  if (now - since >= kStandstill) forgive_standstill(since, now);
}

void Supervisor::handle_timeout(TimePoint now) {
  begin_turn(now);
  if (stop_deadline_ && now >= *stop_deadline_ && status_ == SupervisorStatus::kStopping) {
    for (auto& [id, slot] : shards_) {
      slot.shard->abort(now);
      refresh(*slot.shard);
    }
  }
  // What a rescue has moved or closed may have something to send, which is due at once.
  for (bool is_due = true; is_due; is_due = has_to_act() || is_any_due(now)) {
    handle_due(now);
    joins_.handle_timeout(now);
    look_after_moves(now);
    rescue(now);
    look_after_balance(now);
    give_permits(now);
  }
}

/// Something has changed of which others have to hear in this turn.
bool Supervisor::has_to_act() const {
  return is_rescue_due_ || has_standing_changed_ || moves_.has_changed() ||
         rebalancing_.may_go_on();
}

bool Supervisor::is_any_due(TimePoint now) const {
  return !deadlines_.empty() && deadlines_.begin()->first <= now;
}

void Supervisor::handle_due(TimePoint now) {
  while (is_any_due(now)) {
    Shard& shard = *find(deadlines_.begin()->second);
    shard.handle_timeout(now);
    refresh(shard);
    for (const auto& silent : shard.take_silent()) redrive(silent, shard, now);
  }
}

/// The process has stood still, or the machine. What came meanwhile has not been read yet, so the
/// time is nobody's fault.
void Supervisor::forgive_standstill(TimePoint since, TimePoint now) {
  const bool is_read = std::ranges::none_of(
      shards_, [](const auto& slot) { return slot.second.shard->is_paused(); });
  if (is_read) {
    pause_waiting(since);
    resume_waiting(now);
  }
  for (auto& [id, slot] : shards_) {
    if (slot.shard->is_paused()) continue;  // It goes on when it is told to.
    slot.shard->pause(since);
    slot.shard->resume(now);
    refresh(*slot.shard);
  }
}

/// Last in a turn of time, when everything that could be given back has been.
void Supervisor::give_permits(TimePoint now) {
  while (const auto id = circuits_.take_admitted(now)) {
    Shard& shard = *find(*id);
    shard.handle_admitted(now);
    refresh(shard);
  }
  while (const auto id = governor_.take_permit(now)) {
    Shard& shard = *find(*id);
    shard.handle_permit(now);
    refresh(shard);
  }
  const auto admitted = budget_.take_admitted();
  const auto tell_each = [&](auto tell) {
    for (const ShardId id : admitted) {
      Shard* shard = find(id);
      if (!shard) continue;
      tell(*shard);
      refresh(*shard);
    }
  };
  // What is carried nowhere comes before what is to be carried twice.
  tell_each([now](Shard& shard) { shard.handle_room(now); });
  tell_each([now](Shard& shard) { shard.handle_room_for_standby(now); });
}

std::optional<ConnectionId> Supervisor::poll_transmit(TimePoint now) {
  while (to_transmit_.empty()) {
    if (touched_.empty()) return std::nullopt;
    const ShardId id = touched_.back();
    touched_.pop_back();
    const auto slot = shards_.find(id);
    if (slot == shards_.end()) continue;
    slot->second.is_touched = false;
    Shard& shard = *slot->second.shard;
    shard.list_transmitting(to_transmit_, now);
    // What was sent since the last refresh() may have to wait for its slot.
    if (settings_.connection.frames.is_limited()) keep_deadline(slot->second, shard);
  }
  const ConnectionId id = to_transmit_.back();
  to_transmit_.pop_back();
  return id;
}

std::optional<TimePoint> Supervisor::next_deadline() const {
  constexpr TimePoint kAtOnce{};
  if (has_to_act()) return kAtOnce;
  std::optional<TimePoint> next = earliest(governor_.next_deadline(), circuits_.next_deadline());
  next = earliest(next, earliest(joins_.next_deadline(), moves_.next_deadline()));
  next = earliest(next, earliest(rebalancing_.next_deadline(), budget_.next_deadline()));
  if (!deadlines_.empty()) next = earliest(next, deadlines_.begin()->first);
  if (status_ == SupervisorStatus::kStopping) next = earliest(next, stop_deadline_);
  return next;
}

Connection* Supervisor::connection(ConnectionId id) {
  Shard* shard = find(id.shard);
  return shard ? shard->connection(id.generation) : nullptr;
}

bool Supervisor::is_live() const {
  if (status_ != SupervisorStatus::kRunning) return false;
  return std::ranges::all_of(shards_, [this](const auto& slot) {
    const Shard& shard = *slot.second.shard;
    return copies_.is_copy(shard.id()) || !shard.has_residents() || is_live(shard);
  });
}

MetricsSnapshot Supervisor::metrics(TimePoint now) const {
  MetricsSnapshot snapshot;
  snapshot.counters = out_.counters;
  Traffic total = past_traffic_;
  for (const auto& [id, slot] : shards_) {
    const Shard& shard = *slot.shard;
    snapshot.active_connections += shard.open_connections();
    total += shard.traffic();
    if (shard.status() != ShardStatus::kClosed) snapshot.shards.push_back(shard.metrics(now));
    if (copies_.is_copy(id)) continue;
    snapshot.requested_subscriptions += requested_count(shard);
    const SubscriptionCounts counts = counts_of(shard, now);
    snapshot.subscriptions.requested += counts.requested;
    snapshot.subscriptions.live += counts.live;
    snapshot.subscriptions.stale += counts.stale;
    snapshot.subscriptions.rejected += counts.rejected;
  }
  snapshot.total_subscriptions = book_.desired_count();
  // All that is left: what no shard carries any more is desired as well, once all has stopped.
  SubscriptionCounts& counts = snapshot.subscriptions;
  counts.desired =
      book_.desired_count() - counts.requested - counts.live - counts.stale - counts.rejected;
  snapshot.ping_round_trip = out_.timings.ping_round_trip;
  snapshot.time_to_connect = out_.timings.time_to_connect;
  snapshot.time_to_live = out_.timings.time_to_live;
  snapshot.switchover_duration = out_.timings.switchover_duration;
  snapshot.switchover_opening = out_.timings.switchover_opening;
  snapshot.switchover_subscribing = out_.timings.switchover_subscribing;
  snapshot.switchover_proving = out_.timings.switchover_proving;
  snapshot.switchover_draining = out_.timings.switchover_draining;
  snapshot.counters.messages_received = total.messages_received;
  snapshot.counters.bytes_received = total.bytes_received;
  snapshot.counters.messages_sent = total.messages_sent;
  snapshot.counters.bytes_sent = total.bytes_sent;
  snapshot.counters.pings_sent = total.pings_sent;
  snapshot.counters.pongs_received = total.pongs_received;
  return snapshot;
}

/// To be called for each shard that anything was told to: carries over what came of it.
void Supervisor::refresh(Shard& shard) {
  for (const SubscriptionId id : shard.take_released()) {
    book_.release(id);
    if (book_.is_forgettable(id)) joins_.end(id);
    forget_if_unused(id);
  }
  touch(shard.id());
  keep_deadline(shards_.at(shard.id()), shard);
  note_standing(shard.id());
  if (shard.status() == ShardStatus::kClosed) finish_stop();
}

void Supervisor::keep_deadline(Slot& slot, const Shard& shard) {
  const auto deadline = shard.next_deadline();
  if (slot.deadline == deadline) return;
  if (slot.deadline) deadlines_.erase({*slot.deadline, shard.id()});
  if (deadline) deadlines_.emplace(*deadline, shard.id());
  slot.deadline = deadline;
}

void Supervisor::touch(ShardId id) {
  Slot& slot = shards_.at(id);
  if (!std::exchange(slot.is_touched, true)) touched_.push_back(id);
}

void Supervisor::finish_stop() {
  if (status_ != SupervisorStatus::kStopping) return;
  for (const auto& [id, slot] : shards_) {
    if (slot.shard->status() != ShardStatus::kClosed) return;
  }
  status_ = SupervisorStatus::kStopped;
  out_.events.emplace_back(event::Stopped{});
}

}  // namespace wsm
