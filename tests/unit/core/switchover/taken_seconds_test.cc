#include "core/switchover/taken_seconds.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.h"

namespace wsm {
namespace {

using ::testing::Eq;
using ::testing::Optional;

TEST(TakenSecondsTest, KnowsHowFarTheNearestIs) {
  TakenSeconds taken;
  EXPECT_EQ(taken.distance(5), TakenSeconds::kFar);

  taken.add(3);
  taken.add(9);

  EXPECT_EQ(taken.distance(3), 0);
  EXPECT_EQ(taken.distance(5), 2);
  EXPECT_EQ(taken.distance(8), 1);
}

TEST(TakenSecondsTest, FindsTheNearestFreeOne) {
  TakenSeconds taken;
  for (const Second second : {3, 5, 4}) taken.add(second);

  EXPECT_THAT(taken.nearest_free(4, 0, 9), Optional(Eq(2)));
  EXPECT_THAT(taken.nearest_free(5, 0, 9), Optional(Eq(6)));
  EXPECT_THAT(taken.nearest_free(4, 3, 9), Optional(Eq(6)));
  EXPECT_EQ(taken.nearest_free(4, 3, 5), std::nullopt);
}

TEST(TakenSecondsTest, IsASet) {
  SeededRng rng{1};
  TakenSeconds taken;
  std::set<Second> naive;

  for (int step = 0; step < 10'000; ++step) {
    const auto second = static_cast<Second>(rng.below(50));
    if (naive.insert(second).second) {
      taken.add(second);
    } else {
      naive.erase(second);
      taken.remove(second);
    }
    for (Second each = -1; each <= 50; ++each) {
      ASSERT_EQ(taken.contains(each), naive.contains(each)) << each << " at step " << step;
    }
  }
}

}  // namespace
}  // namespace wsm
