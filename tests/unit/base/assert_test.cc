#include "base/assert.h"

#include <gtest/gtest.h>

namespace wsm {
namespace {

TEST(AssertTest, LetsPassWhatHolds) {
  int evaluations = 0;

  WSM_ASSERT(++evaluations == 1);

  EXPECT_EQ(evaluations, 1);
}

TEST(AssertDeathTest, EndsTheProcessAndSaysWhatDidNotHoldAndWhere) {
  const int apples = 2;

  EXPECT_DEATH(WSM_ASSERT(apples == 3),
               "ws-shard-manager: .*assert_test\\.cc:[0-9]+: assertion failed: apples == 3");
}

}  // namespace
}  // namespace wsm
