// Whole worlds: that they are functions of their seed, and that the oracles see what is wrong.

#include "sim/scenario.h"

#include <algorithm>
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

/// Which oracle sees which wrong. Each wrong is here, and so is each oracle.
struct Seen {
  Sabotage sabotage;
  std::string_view oracle;
};

constexpr Seen kSeen[] = {
    {Sabotage::kOverlooksMessage, "delivery"},  {Sabotage::kSwallowsMessage, "join"},
    {Sabotage::kSwallowsMessage, "ledger"},     {Sabotage::kRepeatsMessage, "join"},
    {Sabotage::kSwapsMessages, "join"},         {Sabotage::kSwapsMessages, "ledger"},
    {Sabotage::kLosesSubscribe, "placement"},   {Sabotage::kLosesSubscribe, "recovery"},
    {Sabotage::kLosesUnsubscribe, "placement"}, {Sabotage::kRepeatsSubscribe, "placement"},
    {Sabotage::kMissesAlarms, "recovery"},      {Sabotage::kMissesEvent, "state"},
    {Sabotage::kMissesEvent, "counters"},       {Sabotage::kHidesGap, "ledger"},
    {Sabotage::kMistakesRefusal, "truth"},      {Sabotage::kMisreadsNumbers, "ledger"},
    {Sabotage::kOverfillsShard, "placement"},   {Sabotage::kSendsTooFast, "limits"},
    {Sabotage::kConnectsTooFast, "limits"},     {Sabotage::kConnectsTooOften, "limits"},
    {Sabotage::kSubscribesTooMuch, "limits"},   {Sabotage::kIgnoresCircuit, "circuit"},
    {Sabotage::kForgetsItsSeed, "determinism"},
};

class SabotageTest : public ::testing::TestWithParam<Seen> {};

/// A test of the test. Not each world gives each wrong its occasion, but one in forty must.
TEST_P(SabotageTest, IsSeenByItsOracle) {
  const auto [sabotage, oracle] = GetParam();
  std::set<std::string> failures;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Outcome outcome = run_world({.seed = seed, .chaos = kChaos, .sabotage = sabotage},
                                      /*runs_twice=*/sabotage == Sabotage::kForgetsItsSeed);
    if (!outcome.failure) continue;
    if (outcome.failure->oracle == oracle) return;
    failures.emplace(outcome.failure->oracle);
  }
  ADD_FAILURE() << "seen only by " << ::testing::PrintToString(failures);
}

INSTANTIATE_TEST_SUITE_P(EveryKind, SabotageTest, ::testing::ValuesIn(kSeen), [](const auto& it) {
  return std::string{to_string(it.param.sabotage)} + "_seen_by_" + std::string{it.param.oracle};
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

}  // namespace
}  // namespace wsm::sim
