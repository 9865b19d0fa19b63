#include "base/rate_meter.h"

#include <chrono>

#include <gtest/gtest.h>

namespace wsm {
namespace {

using namespace std::chrono_literals;

class RateMeterTest : public ::testing::Test {
 protected:
  void run(std::uint64_t per_second, int seconds) {
    for (int i = 0; i < seconds; ++i) {
      count += per_second;
      now += 1s;
      meter.handle_count(count, now);
    }
  }
  double rate() const { return meter.per_second(count, now); }

  TimePoint now{1h};
  std::uint64_t count = 0;
  RateMeter meter;
};

TEST_F(RateMeterTest, IsZeroBeforeAnythingHasBeenCounted) { EXPECT_EQ(rate(), 0); }

TEST_F(RateMeterTest, IsDueOnceASecond) {
  EXPECT_TRUE(meter.is_due(now));
  run(10, 1);
  EXPECT_FALSE(meter.is_due(now + 1s - 1ns));
  EXPECT_TRUE(meter.is_due(now + 1s));
}

TEST_F(RateMeterTest, KnowsASteadyRate) {
  run(100, 60);
  EXPECT_NEAR(rate(), 100, 0.1);
}

TEST_F(RateMeterTest, FollowsAChangeByTwoThirdsInItsMemory) {
  run(100, 60);
  run(0, 10);
  EXPECT_NEAR(rate(), 36.8, 0.1);
}

TEST_F(RateMeterTest, FallsThoughNobodyTellsAnything) {
  run(100, 60);
  now += 1h;
  EXPECT_LT(rate(), 0.1);
}

TEST_F(RateMeterTest, AskingChangesNothing) {
  run(100, 5);
  const double before = meter.per_second(count + 1'000, now + 1s);
  EXPECT_EQ(meter.per_second(count + 1'000, now + 1s), before);
  EXPECT_NEAR(rate(), 100, 0.1);
}

TEST_F(RateMeterTest, TwoLooksAtOneInstantAreOne) {
  run(100, 5);
  meter.handle_count(count, now);
  EXPECT_NEAR(rate(), 100, 0.1);
}

}  // namespace
}  // namespace wsm
