#include "core/switchover/switchover.h"

#include <chrono>
#include <set>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/core/switchover/switchover_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using ::testing::_;
using ::testing::AllOf;
using ::testing::Field;
using ::testing::Optional;

TEST_F(SwitchoverTest, IsIdleAtFirst) {
  EXPECT_TRUE(switchover.is_idle());
  EXPECT_EQ(switchover.next_deadline(), std::nullopt);
  EXPECT_FALSE(after(1000h));
}

TEST_F(SwitchoverTest, GoesThroughItsPhasesInOrder) {
  switchover.begin(SwitchoverTrigger::kRequest, now);
  EXPECT_EQ(switchover.phase(), Phase::kOpening);
  switchover.handle_standby_open(now);
  EXPECT_EQ(switchover.phase(), Phase::kSubscribing);
  switchover.handle_standby_subscribed(kAll, now);
  EXPECT_EQ(switchover.phase(), Phase::kProving);
  EXPECT_FALSE(switchover.is_idle());
}

TEST_F(SwitchoverTest, PromotesAProvenStandbyAtOnce) {
  go_to(Phase::kProving);
  now += 2s;

  const Verdict verdict = switchover.handle_proven(now);

  EXPECT_THAT(verdict, is_verdict(Decision::kPromote, Outcome::kProven));
  EXPECT_EQ(verdict.trigger, SwitchoverTrigger::kAge);
  EXPECT_EQ(verdict.phases.total(), 2s);
  EXPECT_TRUE(switchover.is_idle());
}

TEST_F(SwitchoverTest, DataBeforeTheLastRequestProvesNothing) {
  go_to(Phase::kSubscribing);

  switchover.handle_standby_data();
  EXPECT_FALSE(switchover.has_standby_data());

  switchover.handle_standby_subscribed(kAll, now);
  EXPECT_FALSE(switchover.has_standby_data());
  switchover.handle_standby_data();
  EXPECT_TRUE(switchover.has_standby_data());
}

TEST_F(SwitchoverTest, PromotesUnprovenWhenBothSidesAreQuietAtTheTimeoutAndNotBefore) {
  go_to(Phase::kProving);

  EXPECT_EQ(switchover.next_deadline(), now + 30s);
  EXPECT_FALSE(after(30s - 1ns));
  EXPECT_THAT(after(1ns), Optional(is_verdict(Decision::kPromote, Outcome::kUnproven)));
}

TEST_F(SwitchoverTest, AbandonsAStandbyThatLacksWhatTheActiveHasHad) {
  go_to(Phase::kProving);
  evidence = Evidence::kDeaf;

  EXPECT_FALSE(after(30s - 1ns));
  EXPECT_THAT(after(1ns), Optional(is_verdict(Decision::kAbandon, Outcome::kAbandoned)));
}

TEST_F(SwitchoverTest, DataOfTheActiveBeforeTheProofDoesNotMakeTheStandbyDeaf) {
  go_to(Phase::kSubscribing);
  switchover.handle_active_data();
  switchover.handle_standby_subscribed(kAll, now);

  EXPECT_FALSE(switchover.has_active_data());
}

TEST_F(SwitchoverTest, DataOfTheActiveInAnEarlierSwitchoverDoesNotCountInTheNext) {
  go_to(Phase::kProving);
  switchover.handle_active_data();
  (void)after(30s);

  go_to(Phase::kProving);

  EXPECT_FALSE(switchover.has_active_data());
}

TEST_F(SwitchoverTest, AwaitsAnswersForAWhile) {
  go_to(Phase::kProving);
  evidence = Evidence::kUnanswered;

  for (std::uint32_t i = 0; i < Switchover::kExtensions; ++i) EXPECT_FALSE(after(30s));
  EXPECT_THAT(after(30s), Optional(is_verdict(Decision::kAbandon, Outcome::kAbandoned)));
}

TEST_F(SwitchoverTest, TakesADeafStandbyRatherThanAnActiveThatIsOfNoUse) {
  evidence = Evidence::kDeaf;
  switchover.begin(SwitchoverTrigger::kDrainNotice, now);
  switchover.handle_standby_open(now);
  switchover.handle_standby_subscribed(kAll, now);

  EXPECT_THAT(after(30s), Optional(is_verdict(Decision::kPromote, Outcome::kUnproven)));
}

TEST_F(SwitchoverTest, KeepsAnActiveThatWasSilentAndSpeaksAgainRatherThanADeafStandby) {
  evidence = Evidence::kDeaf;
  switchover.begin(SwitchoverTrigger::kStall, now);
  switchover.handle_standby_open(now);
  switchover.handle_standby_subscribed(kAll, now);
  switchover.handle_active_data();

  EXPECT_THAT(after(30s), Optional(is_verdict(Decision::kAbandon, Outcome::kAbandoned)));
}

TEST_F(SwitchoverTest, LaterSubscriptionsDoNotExtendTheProof) {
  go_to(Phase::kProving);
  const auto deadline = switchover.next_deadline();
  now += 10s;

  switchover.handle_standby_subscribed(kAll, now);

  EXPECT_EQ(switchover.next_deadline(), deadline);
}

TEST_F(SwitchoverTest, HasNoDeadlineOfItsOwnBeforeTheProof) {
  go_to(Phase::kSubscribing);

  EXPECT_EQ(switchover.next_deadline(), std::nullopt);
  EXPECT_FALSE(after(1000h));
}

TEST_F(SwitchoverTest, TellsTheDurationFromTheBeginning) {
  switchover.begin(SwitchoverTrigger::kStall, now);
  now += 7s;

  const auto verdict = switchover.handle_standby_lost(now);

  EXPECT_EQ(verdict.trigger, SwitchoverTrigger::kStall);
  EXPECT_EQ(verdict.phases.total(), 7s);
}

TEST_F(SwitchoverTest, DataThatNobodyCanTellWhoseItIsWillDoAndProvesNothing) {
  go_to(Phase::kProving);

  EXPECT_THAT(switchover.handle_plausible(now), is_verdict(Decision::kPromote, Outcome::kUnproven));
  EXPECT_TRUE(switchover.is_idle());
}

class SwitchoverInPhaseTest : public SwitchoverTest, public ::testing::WithParamInterface<Phase> {};

TEST_P(SwitchoverInPhaseTest, AbandonsWhenTheStandbyIsLost) {
  go_to(GetParam());

  EXPECT_THAT(switchover.handle_standby_lost(now),
              is_verdict(Decision::kAbandon, Outcome::kAbandoned));
  EXPECT_TRUE(switchover.is_idle());
  EXPECT_EQ(switchover.next_deadline(), std::nullopt);
}

TEST_P(SwitchoverInPhaseTest, PromotesWhenTheActiveIsLost) {
  go_to(GetParam());

  EXPECT_THAT(switchover.handle_active_lost(now),
              is_verdict(Decision::kPromote, Outcome::kPromoted));
  EXPECT_TRUE(switchover.is_idle());
  EXPECT_EQ(switchover.next_deadline(), std::nullopt);
}

TEST_P(SwitchoverInPhaseTest, CanBeginAgainAfterItsEnd) {
  go_to(GetParam());
  (void)switchover.handle_standby_lost(now);

  switchover.begin(SwitchoverTrigger::kRequest, now);

  EXPECT_EQ(switchover.phase(), Phase::kOpening);
}

INSTANTIATE_TEST_SUITE_P(AllButIdle, SwitchoverInPhaseTest,
                         ::testing::Values(Phase::kOpening, Phase::kSubscribing, Phase::kProving),
                         [](const auto& phase) { return std::string{to_string(phase.param)}; });

TEST(SwitchoverTransitionTest, EveryRowOfTheTableIsReachedAndNoOtherMove) {
  constexpr Phase kPhases[] = {Phase::kIdle, Phase::kOpening, Phase::kSubscribing, Phase::kProving};
  using Input = void (*)(Switchover&);
  constexpr Input kInputs[] = {
      [](Switchover& s) {
        if (s.is_idle()) s.begin(SwitchoverTrigger::kAge, TimePoint{});
      },
      [](Switchover& s) {
        if (s.phase() == Phase::kOpening) s.handle_standby_open(TimePoint{});
      },
      [](Switchover& s) {
        const bool is_open = s.phase() == Phase::kSubscribing || s.phase() == Phase::kProving;
        if (is_open) s.handle_standby_subscribed(kAll, TimePoint{});
      },
      [](Switchover& s) {
        if (s.phase() == Phase::kProving) (void)s.handle_proven(TimePoint{});
      },
      [](Switchover& s) {
        if (!s.is_idle()) (void)s.handle_standby_lost(TimePoint{});
      },
      [](Switchover& s) {
        if (s.is_due(TimePoint{1h})) (void)s.handle_timeout(Evidence::kQuiet, TimePoint{1h});
      },
  };
  std::set<std::pair<Phase, Phase>> seen;
  for (const Phase from : kPhases) {
    for (const Input input : kInputs) {
      Switchover machine{1s};
      for (int i = 0; machine.phase() != from; ++i) kInputs[i](machine);
      input(machine);
      if (machine.phase() != from) seen.emplace(from, machine.phase());
    }
  }
  Switchover in_slices{1s};
  for (const Input input : {kInputs[0], kInputs[1]}) input(in_slices);
  in_slices.handle_standby_subscribed(kSlice, TimePoint{});
  (void)in_slices.handle_proven(TimePoint{});
  seen.emplace(Phase::kProving, in_slices.phase());
  std::set<std::pair<Phase, Phase>> table;
  for (const auto& row : kSwitchoverTransitions) table.emplace(row.from, row.to);
  EXPECT_EQ(seen, table);
}

using SwitchoverDeathTest = SwitchoverTest;

TEST_F(SwitchoverDeathTest, CannotBeginTwice) {
  go_to(Phase::kOpening);

  EXPECT_DEATH(switchover.begin(SwitchoverTrigger::kAge, now), "is_legal");
}

TEST_F(SwitchoverDeathTest, CannotLoseASideWhileIdle) {
  EXPECT_DEATH((void)switchover.handle_standby_lost(now), "is_legal");
  EXPECT_DEATH((void)switchover.handle_active_lost(now), "is_legal");
}

TEST_F(SwitchoverDeathTest, CannotOpenTheStandbyTwice) {
  go_to(Phase::kSubscribing);

  EXPECT_DEATH(switchover.handle_standby_open(now), "is_legal");
}

TEST_F(SwitchoverTest, CountsNoTimeInWhichNothingIsRead) {
  go_to(Phase::kProving);
  (void)after(10s);
  switchover.pause(now);
  EXPECT_FALSE(after(1h));

  switchover.resume(now);

  EXPECT_FALSE(after(20s - 1ns));
  EXPECT_THAT(after(1ns), Optional(is_verdict(Decision::kPromote, Outcome::kUnproven)));
}

TEST_F(SwitchoverTest, BeginsToProveWhenReadingGoesOn) {
  go_to(Phase::kSubscribing);
  switchover.pause(now);
  switchover.handle_standby_subscribed(kAll, now);
  EXPECT_EQ(switchover.next_deadline(), std::nullopt);
  now += 1h;

  switchover.resume(now);

  EXPECT_EQ(switchover.next_deadline(), now + 30s);
}

TEST_F(SwitchoverTest, IsCancelledInEveryPhase) {
  for (const Phase phase : {Phase::kOpening, Phase::kSubscribing, Phase::kProving}) {
    go_to(phase);

    EXPECT_THAT(switchover.cancel(now), is_verdict(Decision::kAbandon, Outcome::kCancelled));
    EXPECT_TRUE(switchover.is_idle());
  }
}

TEST_F(SwitchoverTest, DataOfTheActiveCountsFromTheBeginning) {
  switchover.handle_active_data();
  go_to(Phase::kOpening);
  EXPECT_FALSE(switchover.has_active_data()) << "it was before";

  switchover.handle_active_data();
  EXPECT_TRUE(switchover.has_active_data());
}

}  // namespace
}  // namespace wsm
