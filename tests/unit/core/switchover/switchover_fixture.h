#pragma once

#include <chrono>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/switchover/switchover.h"

namespace wsm {

using namespace std::chrono_literals;

using Phase = SwitchoverPhase;
using Decision = Switchover::Decision;
using Outcome = SwitchoverOutcome;
using Verdict = Switchover::Verdict;
using Evidence = Switchover::Evidence;

inline constexpr Switchover::Asked kAll{2, true};
inline constexpr Switchover::Asked kSlice{1, false};

inline auto is_verdict(Decision decision, Outcome outcome) {
  return ::testing::AllOf(::testing::Field("decision", &Verdict::decision, decision),
                          ::testing::Field("outcome", &Verdict::outcome, outcome));
}

class SwitchoverTest : public ::testing::Test {
 protected:
  /// Brings the machine there by the only road that there is.
  void go_to(Phase phase) {
    if (phase == Phase::kIdle) return;
    switchover.begin(SwitchoverTrigger::kAge, now);
    if (phase == Phase::kOpening) return;
    switchover.handle_standby_open(now);
    if (phase == Phase::kSubscribing) return;
    switchover.handle_standby_subscribed(kAll, now);
  }

  std::optional<Verdict> after(Duration by) {
    now += by;
    if (!switchover.is_due(now)) return std::nullopt;
    return switchover.handle_timeout(evidence, now);
  }

  TimePoint now{1h};
  Evidence evidence = Evidence::kQuiet;
  Switchover switchover{30s};
};

}  // namespace wsm
