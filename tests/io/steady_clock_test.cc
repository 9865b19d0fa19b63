#include "io/steady_clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm::io {
namespace {

using ::testing::Eq;
using ::testing::Ge;
using ::testing::Le;

TEST(SteadyClockTest, DoesNotGoBack) {
  const TimePoint earlier = now();

  EXPECT_THAT(now(), Ge(earlier));
}

TEST(SteadyClockTest, IsTheSystemsMonotonicClock) {
  const auto before = std::chrono::steady_clock::now();
  const TimePoint between = now();
  const auto after = std::chrono::steady_clock::now();

  EXPECT_THAT(to_system(between), Ge(before));
  EXPECT_THAT(to_system(between), Le(after));
}

TEST(SteadyClockTest, ConvertsEveryTimeBothWays) {
  EXPECT_THAT(to_system(TimePoint::max()), Eq(std::chrono::steady_clock::time_point::max()));
  EXPECT_THAT(to_system(TimePoint{}), Eq(std::chrono::steady_clock::time_point{}));
}

}  // namespace
}  // namespace wsm::io
