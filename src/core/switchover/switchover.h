#pragma once

#include <optional>

#include <wsm/event.h>

#include "base/time.h"
#include "core/switchover/phase.h"

namespace wsm {

/// Decides when a standby takes over from the active connection of a shard: make before break.
///
/// The standby is opened and told everything that the shard carries. Its first data proves it. If
/// neither side has data for `proof_timeout` the feed is quiet: the standby takes over unproven. If
/// only the active side has, the standby is deaf and is given up.
///
/// Whichever side dies meanwhile, the other one carries on: that is the way out of every phase.
///
/// Sans-IO. Inputs return what is to be done now, if the decision has fallen; the phase is kIdle
/// again then.
class Switchover {
 public:
  enum class Decision : std::uint8_t {
    kPromote,  ///< The standby is the active connection from now on; close the old one.
    kAbandon,  ///< Close the standby; the active connection goes on.
  };

  struct Verdict {
    Decision decision;
    SwitchoverOutcome outcome;
    SwitchoverTrigger trigger;
    Duration duration;
  };

  explicit Switchover(Duration proof_timeout) : proof_timeout_(proof_timeout) {}

  // Commands.
  void begin(SwitchoverTrigger trigger, TimePoint now);
  /// Gives up a switchover that is under way: the shard has other plans.
  [[nodiscard]] Verdict cancel(TimePoint now);
  /// Nothing is being read, by our own choice: neither side can show data, and no time counts.
  void pause(TimePoint now);
  void resume(TimePoint now);

  // Inputs.
  void handle_standby_open();
  void handle_standby_subscribed(TimePoint now);
  [[nodiscard]] std::optional<Verdict> handle_standby_data(TimePoint now);
  [[nodiscard]] Verdict handle_standby_lost(TimePoint now);
  [[nodiscard]] Verdict handle_active_lost(TimePoint now);
  void handle_active_data() { has_active_data_ = true; }
  [[nodiscard]] std::optional<Verdict> handle_timeout(TimePoint now);

  // Outputs.
  [[nodiscard]] std::optional<TimePoint> next_deadline() const { return proof_deadline_; }

  // Getters.
  [[nodiscard]] SwitchoverPhase phase() const { return phase_; }
  [[nodiscard]] bool is_idle() const { return phase_ == SwitchoverPhase::kIdle; }

 private:
  void enter(SwitchoverPhase phase);
  Verdict finish(Decision decision, SwitchoverOutcome outcome, TimePoint now);

  const Duration proof_timeout_;
  SwitchoverPhase phase_ = SwitchoverPhase::kIdle;
  SwitchoverTrigger trigger_ = SwitchoverTrigger::kRequest;
  TimePoint began_at_;
  std::optional<TimePoint> proof_deadline_;  // Set in kProving while we read.
  bool has_active_data_ = false;             // Since kProving began.
  bool is_paused_ = false;
  std::optional<Duration> proof_time_left_;  // In kProving while paused.
};

[[nodiscard]] constexpr std::string_view to_string(Switchover::Decision decision) {
  switch (decision) {
    case Switchover::Decision::kPromote: return "promote";
    case Switchover::Decision::kAbandon: return "abandon";
  }
  return "unknown";
}

}  // namespace wsm
