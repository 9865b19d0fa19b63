#include "core/switchover/switchover.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "core/health/pause.h"

namespace wsm {

void Switchover::begin(SwitchoverTrigger trigger, TimePoint now) {
  enter(SwitchoverPhase::kOpening, now);
  trigger_ = trigger;
  phases_ = {};
  asked_ = {};
  has_handed_over_ = false;
  has_unproven_slice_ = false;
  has_active_data_ = false;
  has_standby_data_ = false;
}

Switchover::Verdict Switchover::cancel(TimePoint now) {
  return finish(Decision::kAbandon, SwitchoverOutcome::kCancelled, now);
}

void Switchover::pause(TimePoint now) {
  if (std::exchange(is_paused_, true) || !proof_deadline_) return;
  proof_time_left_ = *std::exchange(proof_deadline_, std::nullopt) - now;
}

void Switchover::resume(TimePoint now) {
  is_paused_ = false;
  if (const auto left = std::exchange(proof_time_left_, std::nullopt)) {
    proof_deadline_ = now + std::max(*left, kReadingTime);
  }
}

void Switchover::handle_standby_open(TimePoint now) { enter(SwitchoverPhase::kSubscribing, now); }

void Switchover::handle_standby_subscribed(const Asked& asked, TimePoint now) {
  if (phase_ == SwitchoverPhase::kProving) {
    if (asked_.is_all) return;  // Later subscriptions do not count again.
    const bool has_grown = asked.count > asked_.count;
    asked_ = asked;
    // Those that come and go must not put the end of a slice off for ever.
    if (!asked.is_all && (!has_grown || ++growths_ > kGrowthsMax)) return;
  } else {
    enter(SwitchoverPhase::kProving, now);
    asked_ = asked;
    growths_ = 0;
  }
  proving_since_ = now;
  extensions_ = 0;
  has_active_data_ = false;
  has_standby_data_ = false;
  await_proof(now);
}

void Switchover::await_proof(TimePoint now) {
  if (is_paused_) {
    proof_time_left_ = proof_timeout_;
  } else {
    proof_deadline_ = now + proof_timeout_;
  }
}

Switchover::Verdict Switchover::handle_proven(TimePoint now) {
  return end_proving(SwitchoverOutcome::kProven, now);
}

Switchover::Verdict Switchover::handle_plausible(TimePoint now) {
  return end_proving(SwitchoverOutcome::kUnproven, now);
}

Switchover::Verdict Switchover::handle_standby_lost(TimePoint now) {
  return finish(Decision::kAbandon, SwitchoverOutcome::kAbandoned, now);
}

Switchover::Verdict Switchover::handle_active_lost(TimePoint now) {
  return finish(Decision::kPromote, SwitchoverOutcome::kPromoted, now);
}

std::optional<Switchover::Verdict> Switchover::handle_timeout(Evidence evidence, TimePoint now) {
  WSM_ASSERT(is_due(now));
  const bool is_stuck = evidence == Evidence::kNoRoom && has_handed_over_;
  if ((evidence == Evidence::kUnanswered || is_stuck) && extensions_ < kExtensions) {
    ++extensions_;
    await_proof(now);
    return std::nullopt;
  }
  if (is_stuck) return finish(Decision::kPromote, SwitchoverOutcome::kUnproven, now);
  if (evidence != Evidence::kQuiet && is_active_of_use()) {
    return finish(Decision::kAbandon, SwitchoverOutcome::kAbandoned, now);
  }
  if (evidence != Evidence::kNoRoom) return end_proving(SwitchoverOutcome::kUnproven, now);
  return finish(Decision::kPromote, SwitchoverOutcome::kUnproven, now);
}

/// Whether to keep it rather than a standby that may be worse.
bool Switchover::is_active_of_use() const {
  switch (trigger_) {
    case SwitchoverTrigger::kAge:
    case SwitchoverTrigger::kRequest:
    case SwitchoverTrigger::kHealth:
    case SwitchoverTrigger::kGap: return true;
    case SwitchoverTrigger::kStall: return has_active_data_;
    case SwitchoverTrigger::kDrainNotice: return false;
  }
  return true;
}

void Switchover::enter(SwitchoverPhase phase, TimePoint now) {
  WSM_ASSERT(is_legal(phase_, phase));
  const Duration lasted = now - entered_at_;
  switch (phase_) {
    case SwitchoverPhase::kIdle: break;
    case SwitchoverPhase::kOpening: phases_.opening += lasted; break;
    case SwitchoverPhase::kSubscribing: phases_.subscribing += lasted; break;
    case SwitchoverPhase::kProving: phases_.proving += lasted; break;
  }
  phase_ = phase;
  entered_at_ = now;
  proof_deadline_.reset();
  proof_time_left_.reset();
}

Switchover::Verdict Switchover::end_slice(SwitchoverOutcome outcome, TimePoint now) {
  enter(SwitchoverPhase::kSubscribing, now);
  has_handed_over_ = true;
  return {Decision::kHandOver, outcome, trigger_, phases_};
}

/// Of everything, or of a slice. One slice that is not proven leaves the whole unproven.
Switchover::Verdict Switchover::end_proving(SwitchoverOutcome outcome, TimePoint now) {
  WSM_ASSERT(phase_ == SwitchoverPhase::kProving);
  if (outcome == SwitchoverOutcome::kUnproven) has_unproven_slice_ = true;
  if (!asked_.is_all) return end_slice(outcome, now);
  return finish(Decision::kPromote,
                has_unproven_slice_ ? SwitchoverOutcome::kUnproven : SwitchoverOutcome::kProven,
                now);
}

Switchover::Verdict Switchover::finish(Decision decision, SwitchoverOutcome outcome,
                                       TimePoint now) {
  enter(SwitchoverPhase::kIdle, now);
  return {decision, outcome, trigger_, phases_};
}

}  // namespace wsm
