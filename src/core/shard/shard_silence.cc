// What a Shard does about a connection that is open, and brings nothing or does not answer pings.

#include "core/shard/shard.h"

namespace wsm {

void Shard::handle_stalled(Line& line, Duration silence, TimePoint now) {
  // A silent standby is the switchover's to judge, a draining line nobody's; and while a
  // replacement is under way there is nothing more to do about a silent active line.
  if (&line != active_.get() || !switchover_.is_idle()) return;
  report_health(line, DisconnectKind::kDataTimeout, silence);
  interrupt(GapCause::kStall, std::nullopt, now - silence, now);
  if (settings_.hot_switchover) {
    // Its silence is counted anew: this is looked at again after the next data_timeout.
    if (now < no_switchover_before_ || planned_ == SwitchoverTrigger::kStall) return;
    stop_waiting(now);  // A planned one is in less of a hurry.
    if (plan_switchover(SwitchoverTrigger::kStall, now)) return;
  }
  replace_with_gap(line, now);
}

/// It may be dead at the next ping. Until then it serves, and what it loses then the standby has.
void Shard::replace_doubtful(const Line& line, TimePoint now) {
  const bool is_taken_care_of = is_switching() || now < no_switchover_before_;
  if (&line != active_.get() || !settings_.hot_switchover || is_taken_care_of) return;
  (void)plan_switchover(SwitchoverTrigger::kHealth, now);
}

void Shard::replace_for_silent(TimePoint now) {
  if (status_ != ShardStatus::kLive || is_switching()) return;
  if (settings_.hot_switchover) {
    if (now < no_switchover_before_ || plan_switchover(SwitchoverTrigger::kStall, now)) return;
  }
  replace_with_gap(*active_, now);
}

/// The server has ended the standby for a silent connection. Once that may be chance; one that
/// takes no second connection would leave us with the silent one for ever.
void Shard::give_up_silent(TimePoint now) {
  if (++standbys_lost_ < kStandbysLostMax) return;
  standbys_lost_ = 0;
  replace_with_gap(*active_, now);
}

/// Break before make: no second connection is allowed, and this one is of no use.
void Shard::replace_with_gap(Line& line, TimePoint now) {
  const DisconnectReason reason{.kind = DisconnectKind::kDataTimeout};
  const Generation generation = line.generation;
  ask_about_error(line, reason);
  note_failed(line, reason.kind);
  break_service(reason, now);
  schedule_reconnect(generation, reason, now);
}

void Shard::report_health(const Line& line, DisconnectKind kind, Duration silence) {
  ++out_.counters.health_failures;
  out_.events.emplace_back(event::HealthFailed{id_, line.generation, kind, silence});
}

}  // namespace wsm
