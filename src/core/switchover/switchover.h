#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include <wsm/event.h>

#include "base/time.h"
#include "core/switchover/phase.h"

namespace wsm {

/// Decides when a standby takes over from the active connection of a shard: make before break.
///
/// The standby is opened and told everything that the shard carries. It is *proven* when nothing of
/// any subscription would be lost with the active connection: then it takes over. A feed may be too
/// quiet for that. After `proof_timeout` the standby takes over unproven, unless it is deaf, which
/// is to lack what the active connection has had meanwhile, or was refused what that one carries:
/// then it is given up, or, where the active connection is of no use anyway, takes over all the
/// same. As long as answers to its requests are awaited, it gets that time again, kExtensions
/// times.
///
/// Where the server has no room for all of it twice, the standby is asked for a *slice*. When that
/// is proven, or its time is over, the standby carries it alone, which makes room for the next. If
/// others take that room for good, the standby takes over all the same, with a gap of the rest.
///
/// Whichever side dies meanwhile, the other one carries on: that is the way out of every phase.
///
/// Sans-IO. Inputs return what is to be done now, if the decision has fallen; the phase is kIdle
/// again then.
class Switchover {
 public:
  static constexpr std::uint32_t kExtensions = 3;
  /// So often a slice that grows gets its time anew.
  static constexpr std::uint32_t kGrowthsMax = 16;

  enum class Decision : std::uint8_t {
    kHandOver,  ///< The standby carries alone what it has been asked for; the rest follows.
    kPromote,   ///< The standby is the active connection from now on; close the old one.
    kAbandon,   ///< Close the standby; the active connection goes on.
  };

  /// What there is to be said for a standby that is not proven in time.
  enum class Evidence : std::uint8_t {
    kQuiet,       ///< It lacks nothing that the active connection has had.
    kUnanswered,  ///< Its server has not answered everything yet.
    kDeaf,
    kRefused,  ///< Its server has refused something that the active connection carries.
    kNoRoom,   ///< There was none for anything of this slice.
  };

  /// What the standby has been asked for.
  struct Asked {
    std::size_t count;  ///< In all slices so far.
    bool is_all;
  };

  /// The time that each phase has taken.
  struct Phases {
    Duration opening = {};
    Duration subscribing = {};
    Duration proving = {};

    [[nodiscard]] Duration total() const { return opening + subscribing + proving; }
  };

  struct Verdict {
    Decision decision;
    SwitchoverOutcome outcome;
    SwitchoverTrigger trigger;
    Phases phases;
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
  void handle_standby_open(TimePoint now);
  /// There is nothing more to ask for, or no room for it.
  void handle_standby_subscribed(const Asked& asked, TimePoint now);
  void handle_standby_data() { has_standby_data_ = phase_ == SwitchoverPhase::kProving; }
  void handle_active_data() { has_active_data_ = true; }
  /// In kProving: nothing is missing on the standby of what it has been asked for.
  [[nodiscard]] Verdict handle_proven(TimePoint now);
  /// In kProving: the standby has brought some data, and more than that nobody can tell, for the
  /// data does not say whose it is. That will do, and is no proof.
  [[nodiscard]] Verdict handle_plausible(TimePoint now);
  [[nodiscard]] Verdict handle_standby_lost(TimePoint now);
  [[nodiscard]] Verdict handle_active_lost(TimePoint now);
  /// To be called when is_due().
  [[nodiscard]] std::optional<Verdict> handle_timeout(Evidence evidence, TimePoint now);

  // Outputs.
  [[nodiscard]] std::optional<TimePoint> next_deadline() const { return proof_deadline_; }
  [[nodiscard]] bool is_due(TimePoint now) const {
    return proof_deadline_ && now >= *proof_deadline_;
  }

  // Getters.
  [[nodiscard]] SwitchoverPhase phase() const { return phase_; }
  [[nodiscard]] bool is_idle() const { return phase_ == SwitchoverPhase::kIdle; }
  [[nodiscard]] SwitchoverTrigger trigger() const { return trigger_; }
  /// Since kProving began, or since begin() before that.
  [[nodiscard]] bool has_active_data() const { return has_active_data_; }
  [[nodiscard]] bool has_standby_data() const { return has_standby_data_; }
  [[nodiscard]] TimePoint proving_since() const { return proving_since_; }
  /// In kProving: what is proven is all there was to ask for when that began.
  [[nodiscard]] bool is_all_asked() const { return asked_.is_all; }

 private:
  void enter(SwitchoverPhase phase, TimePoint now);
  void await_proof(TimePoint now);
  [[nodiscard]] bool is_active_of_use() const;
  Verdict end_slice(SwitchoverOutcome outcome, TimePoint now);
  Verdict end_proving(SwitchoverOutcome outcome, TimePoint now);
  Verdict finish(Decision decision, SwitchoverOutcome outcome, TimePoint now);

  const Duration proof_timeout_;
  SwitchoverPhase phase_ = SwitchoverPhase::kIdle;
  SwitchoverTrigger trigger_ = SwitchoverTrigger::kRequest;
  TimePoint entered_at_;  // The phase.
  Phases phases_;         // Those that are over.
  TimePoint proving_since_;
  std::optional<TimePoint> proof_deadline_;  // Set in kProving while we read.
  std::uint32_t extensions_ = 0;
  std::uint32_t growths_ = 0;  // Of the slice.
  Asked asked_{};
  bool has_handed_over_ = false;
  bool has_unproven_slice_ = false;
  bool has_active_data_ = false;
  bool has_standby_data_ = false;
  bool is_paused_ = false;
  std::optional<Duration> proof_time_left_;  // In kProving while paused.
};

[[nodiscard]] constexpr std::string_view to_string(Switchover::Decision decision) {
  switch (decision) {
    case Switchover::Decision::kHandOver: return "hand over";
    case Switchover::Decision::kPromote: return "promote";
    case Switchover::Decision::kAbandon: return "abandon";
  }
  return "unknown";
}

[[nodiscard]] constexpr std::string_view to_string(Switchover::Evidence evidence) {
  switch (evidence) {
    case Switchover::Evidence::kQuiet: return "quiet";
    case Switchover::Evidence::kUnanswered: return "unanswered";
    case Switchover::Evidence::kDeaf: return "deaf";
    case Switchover::Evidence::kRefused: return "refused";
    case Switchover::Evidence::kNoRoom: return "no room";
  }
  return "unknown";
}

}  // namespace wsm
