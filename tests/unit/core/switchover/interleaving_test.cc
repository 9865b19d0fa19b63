// Everything that can happen to a shard with one or two connections, in every order: enumerated,
// not sampled. Each sequence of steps is a run of its own; behind each the world heals.

#include "unit/core/switchover/interleaving.h"

#include <iostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace wsm {
namespace {

using test::Interleaving;
using test::Situation;
using test::Step;

constexpr std::size_t kDepth = 3;
constexpr std::size_t kFaultsMax = 5;

/// Walks through all sequences of possible steps up to kDepth.
class Enumeration {
 public:
  explicit Enumeration(Situation situation) : situation_(situation) {}

  void walk(std::vector<Step>& steps) {
    Interleaving run{situation_};
    for (const Step step : steps) {
      if (!run.take(step)) return;  // Only the last one can be impossible.
    }
    ++sequences;
    if (!run.fault()) run.heal();
    if (run.fault()) return fail(steps, *run.fault());
    for (std::size_t step = 0; step < test::kSteps && steps.size() < kDepth; ++step) {
      steps.push_back(static_cast<Step>(step));
      walk(steps);
      steps.pop_back();
      if (faults >= kFaultsMax) return;
    }
  }

  int sequences = 0;
  std::size_t faults = 0;

 private:
  void fail(const std::vector<Step>& steps, const std::string& fault) {
    ++faults;
    ADD_FAILURE() << to_string(situation_) << ": " << test::to_string(steps) << ": " << fault;
  }

  const Situation situation_;
};

class InterleavingTest : public ::testing::TestWithParam<Situation> {};

TEST_P(InterleavingTest, EveryOrderIsSurvived) {
  Enumeration enumeration{GetParam()};
  std::vector<Step> steps;

  enumeration.walk(steps);

  EXPECT_GT(enumeration.sequences, 1000);
  std::cout << enumeration.sequences << " sequences\n";
  RecordProperty("sequences", enumeration.sequences);
}

INSTANTIATE_TEST_SUITE_P(Situations, InterleavingTest, ::testing::ValuesIn(test::kSituations),
                         [](const auto& situation) {
                           return std::string{test::to_string(situation.param)};
                         });

}  // namespace
}  // namespace wsm
