// Whole worlds: that they are functions of their seed, and that the oracles see what is wrong.

#include "sim/scenario.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/swarm.h"

namespace wsm::sim {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr Duration kChaos = 2h;

std::string failure_of(const Outcome& outcome) {
  if (!outcome.failure) return "none";
  return std::string{outcome.failure->oracle} + ": " + outcome.failure->what + '\n' +
         outcome.last_events;
}

class WorldOfSeedTest : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(WorldOfSeedTest, IsTheSameEachTimeAndHasNothingWrong) {
  const Outcome first = run_scenario({.seed = GetParam(), .chaos = kChaos});
  const Outcome second = run_scenario({.seed = GetParam(), .chaos = kChaos});

  EXPECT_FALSE(first.failure) << failure_of(first);
  EXPECT_EQ(first.trace_hash, second.trace_hash);
  EXPECT_GT(first.delivered, 0U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, WorldOfSeedTest, ::testing::Range<std::uint64_t>(1, 21));

TEST(ScenarioTest, DifferentSeedsAreDifferentWorlds) {
  std::set<std::uint64_t> hashes;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    hashes.insert(run_scenario({.seed = seed, .chaos = 10min}).trace_hash);
  }
  EXPECT_EQ(hashes.size(), 10U);
}

/// Which oracle sees which wrong, and what it says then. Each wrong is here, and so is each oracle.
struct Seen {
  Sabotage sabotage;
  std::string_view oracle;
  std::string_view text;
};

constexpr Seen kSeen[] = {
    {Sabotage::kOverlooksMessage, "delivery", "arrived, expected was"},
    {Sabotage::kSwallowsMessage, "join", "is delivered, but"},
    {Sabotage::kSwallowsMessage, "ledger", "messages are told to be lost, but"},
    {Sabotage::kRepeatsMessage, "join", "is delivered after"},
    {Sabotage::kSwapsMessages, "join", "is delivered, but"},
    {Sabotage::kSwapsMessages, "ledger", "a gap does not begin behind the last message"},
    {Sabotage::kLosesSubscribe, "placement", "unsubscribed what it had not"},
    {Sabotage::kLosesSubscribe, "recovery", "is on 0 connections"},
    {Sabotage::kLosesUnsubscribe, "placement", "more subscriptions than allowed"},
    {Sabotage::kRepeatsSubscribe, "placement", "subscribed twice"},
    {Sabotage::kSaysNonsense, "placement", "not a request"},
    {Sabotage::kForgetsMask, "placement", "not masked"},
    {Sabotage::kMissesAlarms, "recovery", "the core does not call itself live"},
    {Sabotage::kOverlooksSilence, "silence", "is called live, and has had no data"},
    {Sabotage::kMissesEvent, "state", "by the events"},
    {Sabotage::kMissesEvent, "counters", "but there were"},
    {Sabotage::kHidesOpening, "gaps", "its beginning was not told"},
    {Sabotage::kTellsOpeningLate, "ledger", "a gap is wrong about the age of the last message"},
    {Sabotage::kMislabelsGap, "gaps", "a gap for a stall: though data came"},
    {Sabotage::kMislabelsGap, "gaps", "a gap for a reconnect: nothing of the kind"},
    {Sabotage::kMistakesRefusal, "truth", "was never granted"},
    {Sabotage::kMisreadsNumbers, "ledger", "a gap"},
    {Sabotage::kTakesOverTooSoon, "planned", "which was proven"},
    {Sabotage::kOverfillsShard, "placement", "more subscriptions than allowed"},
    {Sabotage::kSendsTooFast, "limits", "frames in one window"},
    {Sabotage::kSendsTooClose, "limits", "two frames are too close together"},
    {Sabotage::kAsksForTooMuch, "limits", "subscriptions at a time"},
    {Sabotage::kWritesTooMuch, "limits", "bytes, allowed are"},
    {Sabotage::kConnectsTooFast, "limits", "connects in one window"},
    {Sabotage::kConnectsTooOften, "limits", "connections, allowed are"},
    {Sabotage::kSubscribesTooMuch, "limits", "subscriptions on all connections"},
    {Sabotage::kIgnoresCircuit, "circuit", "is tried beside"},
    {Sabotage::kIgnoresCircuit, "circuit", "circuit_breaker_trips is"},
    {Sabotage::kProbesTooSoon, "circuit", "is tried too soon"},
    {Sabotage::kGoesItsOwnWay, "drain", "though the venue has sent it to"},
    {Sabotage::kStaysWhereSent, "drain", "which nobody has named"},
    {Sabotage::kHidesDrain, "drain", "a drain notice was not told"},
    {Sabotage::kHidesGap, "ledger", "messages are missing, and no gap was told"},
    {Sabotage::kMisreadsChain, "ledger", "a gap is told, but nothing is missing"},
    {Sabotage::kForgetsToWithhold, "withholding", "is delivered behind a gap"},
    {Sabotage::kKeepsBackForEver, "withholding", "is withheld, though nothing is missing"},
    {Sabotage::kOverlooksTextPongs, "placement", "does not understand"},
    {Sabotage::kIgnoresAnswers, "answers", "goes on, though"},
    {Sabotage::kIgnoresAnswers, "answers", "is tried too soon"},
    {Sabotage::kIgnoresAnswers, "answers", "does not refresh its credentials"},
    {Sabotage::kStopsUnasked, "answers", "has stopped, though nobody has said so"},
    {Sabotage::kEndsWithGhost, "recovery", "though nobody wants it"},
    {Sabotage::kEndsInSilence, "recovery", "has had no data"},
    {Sabotage::kForgetsItsSeed, "determinism", "different traces"},
};

class SabotageTest : public ::testing::TestWithParam<Seen> {};

/// A test of the test. Not each world gives each wrong its occasion, but one in a hundred must.
TEST_P(SabotageTest, IsSeenByItsOracle) {
  const auto [sabotage, oracle, text] = GetParam();
  std::set<std::string> failures;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Outcome outcome = run_world({.seed = seed, .chaos = kChaos, .sabotage = sabotage},
                                      /*runs_twice=*/sabotage == Sabotage::kForgetsItsSeed);
    if (!outcome.failure) continue;
    const std::string what = outcome.failure->what;
    if (outcome.failure->oracle == oracle && what.find(text) != std::string::npos) return;
    failures.insert(std::string{outcome.failure->oracle} + ": " + what);
  }
  ADD_FAILURE() << "seen only by " << ::testing::PrintToString(failures);
}

/// "sends_too_fast_seen_by_limits_12": the names of tests have letters and digits only.
INSTANTIATE_TEST_SUITE_P(EveryKind, SabotageTest, ::testing::ValuesIn(kSeen), [](const auto& it) {
  return std::string{to_string(it.param.sabotage)} + "_seen_by_" + std::string{it.param.oracle} +
         '_' + std::to_string(it.index);
});

TEST(OraclesTest, EachIsShownToSeeSomething) {
  for (const std::string_view oracle : kOracleNames) {
    EXPECT_TRUE(std::ranges::count(kSeen, oracle, &Seen::oracle)) << oracle;
  }
  for (const Sabotage sabotage : kSabotages) {
    EXPECT_TRUE(std::ranges::count(kSeen, sabotage, &Seen::sabotage)) << to_string(sabotage);
  }
}

TEST(SwarmTest, TellsInOrderWhateverTheJobs) {
  std::vector<Task> tasks;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) tasks.push_back({seed, 10min});
  std::vector<std::uint64_t> told;

  const Tally tally =
      run_swarm(tasks, {.jobs = 4, .runs_twice = true},
                [&](const Task& task, const Outcome&) { told.push_back(task.seed); });

  EXPECT_THAT(told, ::testing::ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
  EXPECT_EQ(tally.worlds, 8U);
  EXPECT_EQ(tally.failed, 0U);
}

TEST(SwarmTest, SaysHowToSeeAFailureAgain) {
  const std::string line = failure_line({8134, 90min}, {"delivery", "one is missing", 2h});

  EXPECT_THAT(line, HasSubstr("FAILED seed=8134 at=+02:00:00.000 oracle=delivery"));
  EXPECT_THAT(line, HasSubstr("rerun: wsm_sim run --seed 8134 --hours 1.5 --trace"));
}

TEST(SwarmTest, ReRunsTwiceWhatWasDifferentTheSecondTime) {
  const std::string line = failure_line({8134, 90min}, {"determinism", "different", 2h});

  EXPECT_THAT(line, HasSubstr("--hours 1.5 --twice --trace"));
}

/// An hour more or less, or a nanosecond, is another world.
TEST(SwarmTest, WritesHoursSoThatTheSameAreRead) {
  const Duration odd[] = {1ns,       1s, 20min, from_hours(0.3333333333), from_hours(1.0 / 7),
                          100h + 1ns};
  for (const Duration chaos : odd) {
    EXPECT_EQ(from_hours(std::stod(hours_text(chaos))), chaos) << hours_text(chaos);
  }
}

}  // namespace
}  // namespace wsm::sim
