// Whole worlds: that they are functions of their seed, and that the oracles see what is wrong.

#include "sim/scenario.h"

#include <set>
#include <string>
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

class SabotageTest : public ::testing::TestWithParam<Sabotage> {};

/// A test of the test. Not each world gives each wrong its occasion, but one in twenty must.
TEST_P(SabotageTest, IsSeen) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    if (run_scenario({.seed = seed, .chaos = kChaos, .sabotage = GetParam()}).failure) return;
  }
  ADD_FAILURE() << "no oracle has seen it";
}

INSTANTIATE_TEST_SUITE_P(EveryKind, SabotageTest, ::testing::ValuesIn(kSabotages),
                         [](const auto& it) { return std::string{to_string(it.param)}; });

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
