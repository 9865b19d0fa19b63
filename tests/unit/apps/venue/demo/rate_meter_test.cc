#include "demo/rate_meter.h"

#include <gtest/gtest.h>

namespace wsm::demo {
namespace {

using namespace std::chrono_literals;

TEST(RateMeterTest, KnowsNothingAtFirst) { EXPECT_EQ(RateMeter{}.add(1s, 500), 0); }

TEST(RateMeterTest, MeasuresFromTheFirstSampleOn) {
  RateMeter meter;
  (void)meter.add(1000ms, 500);

  EXPECT_DOUBLE_EQ(meter.add(1200ms, 600), 500);
}

TEST(RateMeterTest, LooksBackOneSecondOnly) {
  RateMeter meter;
  (void)meter.add(0s, 0);
  for (int step = 1; step <= 5; ++step) (void)meter.add(step * 200ms, 1'000'000);

  EXPECT_DOUBLE_EQ(meter.add(1200ms, 1'000'000), 0);
}

TEST(RateMeterTest, MeasuresOverTheWholeOfASlowInterval) {
  RateMeter meter;
  (void)meter.add(0s, 0);

  EXPECT_DOUBLE_EQ(meter.add(4s, 400), 100);
  EXPECT_DOUBLE_EQ(meter.add(8s, 1'200), 200);
}

}  // namespace
}  // namespace wsm::demo
