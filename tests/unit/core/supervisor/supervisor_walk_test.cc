// A long random walk: first chaos, then the faults end, and everything that is desired has to come
// back by itself.

#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.h"
#include "support/walk.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::Walk;

class SupervisorWalkTest : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(SupervisorWalkTest, ComesBackWithEverythingOnceAfterAnyChaos) {
  SeededRng dice{GetParam()};
  Walk walk{dice, GetParam() + 1};

  for (int round = 0; round < 3; ++round) {
    for (int step = 0; step < 1000; ++step) {
      walk.step();
      ASSERT_FALSE(HasFailure()) << "seed " << GetParam() << ", step " << 1000 * round + step;
    }
    walk.calm_down(3min);
    walk.expect_everything_once();
    ASSERT_FALSE(HasFailure()) << "seed " << GetParam() << ", after round " << round;
  }
  walk.stop();
}

INSTANTIATE_TEST_SUITE_P(Seeds, SupervisorWalkTest, ::testing::Range<std::uint64_t>(1, 13));

TEST(SupervisorWalkDeterminismTest, TheSameSeedTellsTheSameStory) {
  const auto tell = [] {
    SeededRng dice{99};
    Walk walk{dice, 100};
    for (int step = 0; step < 500; ++step) walk.step();
    return walk.story();
  };

  const std::string story = tell();

  EXPECT_GT(story.size(), 1000U);
  EXPECT_EQ(tell(), story);
}

}  // namespace
}  // namespace wsm
