#include "manager/delivery_timing.h"

#include <chrono>

#include <gmock/gmock.h>

namespace wsm {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{100s};

TEST(DeliveryTimingTest, SharesWhatItHasNotedAndBothDistributionsTogether) {
  DeliveryTiming timing;
  timing.share(kStart);
  timing.add(3ms, 1ms, kStart + 1ms);
  EXPECT_EQ(timing.read().queue_wait.count, 0U);

  timing.share(kStart + 2ms);

  EXPECT_EQ(timing.read().queue_wait.count, 1U);
  EXPECT_EQ(timing.read().queue_wait.sum, 3ms);
  EXPECT_EQ(timing.read().handler_time.count, 1U);
  EXPECT_EQ(timing.read().handler_time.max, 1ms);
}

TEST(DeliveryTimingTest, SharesByItselfWhenTheLastTimeIsTenMillisecondsAgo) {
  DeliveryTiming timing;
  timing.share(kStart);

  timing.add(1ms, 1ms, kStart + 10ms - 1ns);
  EXPECT_EQ(timing.read().queue_wait.count, 0U);

  timing.add(1ms, 1ms, kStart + 10ms);
  EXPECT_EQ(timing.read().queue_wait.count, 2U);
}

}  // namespace
}  // namespace wsm
