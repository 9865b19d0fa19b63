// What a Shard may do when: connect, have a second connection.

#include <utility>

#include "base/assert.h"
#include "core/recovery/backoff.h"
#include "core/shard/shard.h"

namespace wsm {

void Shard::handle_admitted(TimePoint now) {
  const bool is_bad_off = is_waiting_ || planned_ == SwitchoverTrigger::kStall;
  const auto urgency = is_bad_off ? ConnectUrgency::kRestore : ConnectUrgency::kRenew;
  if (ask_for_permit(urgency, now)) handle_permit(now);
}

void Shard::handle_permit(TimePoint now) {
  // The breaker may have opened while this shard waited for the permit.
  if (!may_dial(now)) return governor_.handle_unused(source_);
  if (std::exchange(is_waiting_, false)) return begin_connecting(now);
  WSM_ASSERT(planned_);
  begin_switchover(*std::exchange(planned_, std::nullopt), now);
}

void Shard::connect(TimePoint now) {
  deadlines_.clear_all();  // The clocks of the last connection do not count for this one.
  asked_about_.reset();
  stop_waiting(now);
  enter(ShardStatus::kConnecting);
  if (ask_to_connect(ConnectUrgency::kRestore, now)) return begin_connecting(now);
  is_waiting_ = true;
}

void Shard::begin_connecting(TimePoint now) {
  active_ = make_line(now);
  settle(*active_, now);
}

void Shard::stop_waiting(TimePoint now) {
  if (!std::exchange(is_waiting_, false) && !std::exchange(planned_, std::nullopt)) return;
  governor_.withdraw(id_);
  circuits_.withdraw(id_, now);
}

/// Whether the circuit breakers let the next attempt go. Who has only just lost a connection is not
/// kept waiting by a probe; but when places whose breaker is closed take nobody, the others get
/// their turn, or none would ever find out that they are back.
bool Shard::may_dial(TimePoint now) {
  const auto preference = failures_ > 1 ? EndpointPreference::kInTurn : EndpointPreference::kSafe;
  return circuits_.ask(id_, rotation_.order(), preference, now);
}

/// Returns true when a line may be made at once. Otherwise handle_admitted() or handle_permit()
/// says when. The breaker comes first: who waits for it must not hold up the queue for permits.
bool Shard::ask_to_connect(ConnectUrgency urgency, TimePoint now) {
  return may_dial(now) && ask_for_permit(urgency, now);
}

/// The first line comes from where the shard was given a place.
bool Shard::ask_for_permit(ConnectUrgency urgency, TimePoint now) {
  if (generation_ != Generation{}) source_ = sources_.move(source_, group_, urgency, now);
  return governor_.ask(id_, source_, urgency, now);
}

/// `line` has ended: what does that say about its endpoint, and the way there?
void Shard::conclude_attempt(const Line& line, TimePoint now) {
  if (line.connection.opened_at()) return circuits_.handle_closed(*line.endpoint);
  conclude_way(line, now);
  if (line.is_redirected) return circuits_.handle_answered(id_, *line.endpoint, now);
  if (line.endpoint && counts_against_endpoint(line.connection.reason()->kind)) {
    circuits_.handle_failed(id_, *line.endpoint, now);
  } else {
    circuits_.handle_given_up(id_, now);
  }
}

/// The server sees the connect that `line` had the permit for.
void Shard::use_permit(Line& line, TimePoint now) {
  if (std::exchange(line.is_connecting, true)) return;
  governor_.handle_connecting(line.source, now);
}

/// `line` is over.
void Shard::return_permit(const Line& line) {
  if (line.is_connecting) {
    governor_.handle_closed();
  } else {
    governor_.handle_unused(line.source);
  }
}

/// Begins a switchover, now or when there is a permit for the standby; the active line goes on
/// meanwhile. A shard without data is as badly off as one without a connection.
Result<void> Shard::plan_switchover(SwitchoverTrigger trigger, TimePoint now) {
  if (!governor_.has_room()) {
    return Failure{Error{Errc::kConnectionLimit, "max_connections leaves none for a standby"}};
  }
  if (!budget_.has_room()) {
    return Failure{Error{Errc::kSubscriptionLimit, "max_subscriptions leaves none for a standby"}};
  }
  const bool is_of_no_use = trigger == SwitchoverTrigger::kStall;
  const auto urgency = is_of_no_use ? ConnectUrgency::kRestore : ConnectUrgency::kRenew;
  const bool is_to_go = is_of_no_use || trigger == SwitchoverTrigger::kDrainNotice;
  if (is_to_go || trigger == SwitchoverTrigger::kHealth) pass_over(*active_);
  if (ask_to_connect(urgency, now)) {
    begin_switchover(trigger, now);
  } else {
    planned_ = trigger;
  }
  return {};
}

/// The old connection serves; when it can be renewed is the others' to say.
void Shard::put_off_renewal(TimePoint now) {
  const Duration longest = settings_.backoff.max_delay;
  deadlines_.set(Timer::kRenewal, now + uniform_delay(longest / 2, longest, rng_));
}

}  // namespace wsm
