#include "core/switchover/renewal_schedule.h"

#include <chrono>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fixed_rng.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::FixedRng;

TEST(RenewalScheduleTest, SpreadsOverTheLastFifthOfTheInterval) {
  FixedRng lowest{FixedRng::Draw::kLowest};
  FixedRng highest{FixedRng::Draw::kHighest};

  EXPECT_EQ(renewal_age(15min, lowest), 12min);
  EXPECT_EQ(renewal_age(15min, highest), 15min);
}

TEST(RenewalScheduleTest, IsNeverZero) {
  FixedRng lowest{FixedRng::Draw::kLowest};

  for (const Duration interval : {1ns, 2ns, 4ns, 5ns, 6ns}) {
    EXPECT_GT(renewal_age(interval, lowest), 0ns) << interval.count();
  }
}

TEST(RenewalScheduleTest, DoesNotRenewAThousandShardsTogether) {
  SeededRng rng{1};
  std::multiset<std::int64_t> seconds;
  for (int shard = 0; shard < 1000; ++shard) {
    seconds.insert(
        std::chrono::duration_cast<std::chrono::seconds>(renewal_age(15min, rng)).count());
  }

  for (const std::int64_t second : seconds) {
    EXPECT_LE(seconds.count(second), 20U) << "of 1000 over 180 seconds, in second " << second;
  }
}

}  // namespace
}  // namespace wsm
