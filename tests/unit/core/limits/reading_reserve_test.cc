#include "core/limits/reading_reserve.h"

#include <gtest/gtest.h>

namespace wsm {
namespace {

constexpr ShardId kShard{3};
constexpr std::size_t kMessage = ReadingReserve::kMessageBytes;

TEST(ReadingReserveTest, EndsAtItsLastByte) {
  ReadingReserve reserve{1000};

  EXPECT_TRUE(reserve.take(kShard, 0, 999));
  EXPECT_FALSE(reserve.take(kShard, 0, 1));
  EXPECT_FALSE(reserve.take(kShard, 0, 0));
}

TEST(ReadingReserveTest, IsEachShardsOwn) {
  ReadingReserve reserve{1000};

  EXPECT_FALSE(reserve.take(kShard, 0, 5000));
  EXPECT_TRUE(reserve.take(ShardId{4}, 0, 5));
}

TEST(ReadingReserveTest, EmptyMessagesTakeOfItAsWell) {
  ReadingReserve reserve{10 * kMessage};

  EXPECT_TRUE(reserve.take(kShard, 9, 0));
  EXPECT_FALSE(reserve.take(kShard, 1, 0));
}

TEST(ReadingReserveTest, IsWholeAgainWhenRefilled) {
  ReadingReserve reserve{1000};
  EXPECT_FALSE(reserve.take(kShard, 0, 1000));

  reserve.refill();

  EXPECT_TRUE(reserve.take(kShard, 0, 999));
}

TEST(ReadingReserveTest, MayBeNone) {
  EXPECT_TRUE(ReadingReserve{0}.is_none());
  EXPECT_FALSE(ReadingReserve{1}.is_none());
}

}  // namespace
}  // namespace wsm
