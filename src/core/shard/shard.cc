// Commands, inputs and outputs of Shard. What they lead to is in shard_lines.cc.

#include "core/shard/shard.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "base/assert.h"

namespace wsm {
namespace {

std::string_view why_not_proven(Switchover::Evidence found) {
  if (found == Switchover::Evidence::kRefused) return "the standby was refused a subscription";
  if (found == Switchover::Evidence::kNoRoom) return "max_subscriptions left none for the standby";
  return "no data on the standby";
}

}  // namespace

Shard::Shard(ShardId id, const ShardEnvironment& environment)
    : id_(id),
      settings_(environment.settings),
      rng_(environment.rng),
      entropy_(environment.entropy),
      out_(environment.out),
      governor_(environment.governor),
      budget_(environment.budget),
      circuits_(environment.circuits),
      proxies_(environment.proxies),
      sources_(environment.sources),
      ledger_(environment.ledger),
      joins_(environment.joins),
      feed_(environment.feed),
      copies_(environment.copies),
      renewals_(environment.renewals),
      group_(environment.copies.original_of(id)),
      source_(environment.source),
      switchover_(environment.settings.proof_timeout),
      rotation_(environment.first_place) {
  event::ShardOpened opened{id_};
  if (copies_.is_copy(id_)) opened.copy_of = copies_.original_of(id_);
  out_.events.emplace_back(opened);
}

bool Shard::subscribe(SubscriptionId id, TimePoint now) {
  if (speaks_for(id) && !rejected_.contains(id)) waiting_.begin(id, now);
  return carry(id, now);
}

bool Shard::host(SubscriptionId id, TimePoint now) {
  guests_.insert(id);
  return carry(id, now);
}

/// Whether what becomes of `id` is this shard's to tell.
bool Shard::speaks_for(SubscriptionId id) const {
  return !guests_.contains(id) && !copies_.is_copy(id_);
}

bool Shard::carry(SubscriptionId id, TimePoint now) {
  WSM_ASSERT(!is_ending());
  desired_.insert(id);
  const bool was_held = leaving_.erase(id) > 0;
  for (Line* line : {active_.get(), standby_.get()}) {
    if (!line || !line->batcher || rejected_.contains(id)) continue;
    want(*line, id, now);
    request_subscriptions(*line, now);
  }
  return !was_held;
}

void Shard::make_resident(SubscriptionId id, TimePoint now) {
  WSM_ASSERT(guests_.contains(id));
  guests_.erase(id);
  out_.tell_status(id_, std::nullopt, SubscriptionStatus::kDesired, id);
  const SubscriptionStatus status = state(id, now, now).status;
  if (status == SubscriptionStatus::kRejected) out_.tell_status(id_, std::nullopt, status, id);
  if (status < SubscriptionStatus::kLive) waiting_.begin(id, now);
}

void Shard::unsubscribe(SubscriptionId id, TimePoint now) {
  desired_.erase(id);
  guests_.erase(id);
  rejected_.remove(id);
  waiting_.end(id);
  unproven_.erase(id);
  handed_over_.erase(id);
  handed_unproven_.erase(id);
  reports_.forget(id);
  leaving_.insert(id);
  for (Line* line : {active_.get(), standby_.get()}) {
    if (!line || !line->batcher) continue;
    line->refused.remove(id);
    if (line->batcher->unwant(id)) joins_.handle_told(id, id_of(*line), now);
    request_subscriptions(*line, now);
  }
  release_if_unheld(id);
  conclude_if_proven(now);  // It may have been the last that was not.
}

void Shard::open(TimePoint now) {
  WSM_ASSERT(status_ == ShardStatus::kIdle);
  connect(now);
}

Result<void> Shard::reconnect(TimePoint now) {
  const DisconnectReason reason{.kind = DisconnectKind::kRequested, .detail = "reconnect_shard"};
  switch (status_) {
    case ShardStatus::kClosing:
    case ShardStatus::kClosed:
      return Failure{Error{Errc::kNotConnected, "the shard is closing, with nothing to carry"}};
    case ShardStatus::kIdle:
    case ShardStatus::kBackingOff:
    case ShardStatus::kSuspended: break;
    case ShardStatus::kConnecting: circuits_.hurry(rotation_.order(), now); return {};
    case ShardStatus::kLive:
      if (!switchover_.is_idle()) conclude(switchover_.cancel(now), reason, now);
      break_service(reason, now);
      break;
  }
  is_suspension_told_ = false;
  redirects_ = 0;
  circuits_.hurry(rotation_.order(), now);
  connect(now);
  return {};
}

Failure<Error> Shard::not_live() const {
  return Failure{Error{Errc::kNotConnected, "shard " + std::to_string(id_.value()) + " is " +
                                                std::string{to_string(status_)}}};
}

Result<void> Shard::switch_over(SwitchoverTrigger trigger, TimePoint now) {
  if (status_ != ShardStatus::kLive) return not_live();
  if (is_switching()) return Failure{Error{Errc::kAlreadySwitching, {}}};
  return plan_switchover(trigger, now);
}

Result<void> Shard::send(const OutgoingMessage& message) {
  if (status_ != ShardStatus::kLive) return not_live();
  return active_->connection.send(message);
}

void Shard::close(DisconnectReason reason, TimePoint now) {
  if (is_ending()) return;
  if (!switchover_.is_idle()) conclude(switchover_.cancel(now), reason, now);
  stop_waiting(now);
  if (status_ == ShardStatus::kIdle) return enter(ShardStatus::kClosed);
  enter(ShardStatus::kClosing);
  deadlines_.clear_all();
  asked_about_.reset();
  if (active_) retire(take_active(now), std::move(reason), now);
  bury_closed(now);
}

void Shard::abort(TimePoint now) {
  for (Line* line : lines()) {
    line->connection.abort({.kind = DisconnectKind::kStopped, .detail = "deadline passed"});
    settle(*line, now);
  }
}

void Shard::pause(TimePoint now) {
  is_paused_ = true;
  switchover_.pause(now);
  for (Line* line : lines()) {
    line->connection.pause(now);
    if (line->tracker) line->tracker->pause(now);
  }
}

void Shard::resume(TimePoint now) {
  is_paused_ = false;
  switchover_.resume(now);
  for (Line* line : lines()) {
    line->connection.resume(now);
    if (line->tracker) line->tracker->resume(now);
  }
}

void Shard::handle_prepared(Generation generation,
                            Result<Preparation, DisconnectReason> preparation, TimePoint now) {
  Line* line = find(generation);
  if (!line) return;
  if (preparation) note_place(*line, *preparation, now);
  line->connection.handle_prepared(std::move(preparation), now);
  settle(*line, now);
}

void Shard::handle_connecting(Generation generation, TimePoint now) {
  Line* line = find(generation);
  if (line) use_permit(*line, now);
}

void Shard::handle_dialed(Generation generation, TimePoint now) {
  Line* line = find(generation);
  if (!line) return;
  use_permit(*line, now);
  if (!std::exchange(line->is_dialed, true)) note_way_open(*line);
  line->connection.handle_dialed(now);
  settle(*line, now);
}

void Shard::handle_greeted(Generation generation,
                           Result<std::vector<OutgoingMessage>, DisconnectReason> messages,
                           TimePoint now) {
  Line* line = find(generation);
  if (!line) return;
  line->connection.handle_greeted(std::move(messages), now);
  settle(*line, now);
}

void Shard::handle_received(Generation generation, TimePoint now) {
  if (Line* line = find(generation)) settle(*line, now);
  if (!message_rate_.is_due(now)) return;
  const Traffic total = traffic();
  message_rate_.handle_count(total.messages_received, now);
  byte_rate_.handle_count(total.bytes_received, now);
}

void Shard::handle_transport_ended(Generation generation, DisconnectReason reason, TimePoint now) {
  Line* line = find(generation);
  if (!line) return;
  line->connection.handle_transport_ended(std::move(reason), now);
  settle(*line, now);
}

void Shard::handle_timeout(TimePoint now) {
  if (deadlines_.take_expired(Timer::kStable, now)) {
    forget_failures();
    if (!active_->is_drained) drains_ = 0;
  }
  for (Line* line : lines()) {
    line->connection.handle_timeout(now);
    settle(*line, now);
    if (line->batcher) line->batcher->handle_timeout(now);
    look_after_subscriptions(*line, now);
    request_subscriptions(*line, now);
  }
  if (!is_ending()) retry_rejected(now);
  if (switchover_.is_due(now)) {
    const auto found = evidence(now);
    if (const auto verdict = switchover_.handle_timeout(found, now)) {
      if (verdict->decision == Switchover::Decision::kAbandon) pass_over(*standby_);
      conclude(*verdict,
               {.kind = DisconnectKind::kReplaced, .detail = std::string{why_not_proven(found)}},
               now);
    }
  }
  if (deadlines_.take_expired(Timer::kRetry, now)) retry(now);
  if (deadlines_.take_expired(Timer::kRenewal, now)) renew(now);
}

std::optional<TimePoint> Shard::next_deadline() const {
  auto next = earliest(deadlines_.next(), switchover_.next_deadline());
  if (!is_ending()) next = earliest(next, rejected_.next_deadline());
  for (const Line* line : lines()) next = earliest(next, line->next_deadline());
  return next;
}

void Shard::list_transmitting(std::vector<ConnectionId>& connections, TimePoint now) {
  for (Line* line : lines()) {
    if (!line->connection.pending_transmit(now).empty()) connections.push_back(id_of(*line));
  }
}

Connection* Shard::connection(Generation generation) {
  Line* line = find(generation);
  return line ? &line->connection : nullptr;
}

}  // namespace wsm
