#include "core/redundancy/copies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr ShardId kOriginal{4};
constexpr ShardId kCopy{5};
constexpr ShardId kOtherCopy{6};
constexpr ShardId kStranger{7};

class CopiesTest : public ::testing::Test {
 protected:
  CopiesTest() {
    copies.add(kOriginal, kCopy);
    copies.add(kOriginal, kOtherCopy);
  }
  Copies copies;
};

TEST_F(CopiesTest, KnowsCopiesByTheirOriginalAndTheOtherWayRound) {
  EXPECT_THAT(copies.of(kOriginal), ElementsAre(kCopy, kOtherCopy));
  EXPECT_EQ(copies.original_of(kCopy), kOriginal);
  EXPECT_EQ(copies.original_of(kOriginal), kOriginal);
  EXPECT_TRUE(copies.is_copy(kCopy));
  EXPECT_FALSE(copies.is_copy(kOriginal));
}

TEST_F(CopiesTest, CompanionsCarryTheSame) {
  EXPECT_TRUE(copies.are_companions(kCopy, kOtherCopy));
  EXPECT_TRUE(copies.are_companions(kOriginal, kCopy));
  EXPECT_FALSE(copies.are_companions(kStranger, kCopy));
  EXPECT_TRUE(copies.has_companions(kCopy));
  EXPECT_TRUE(copies.has_companions(kOriginal));
}

TEST_F(CopiesTest, AShardWithoutThemIsAlone) {
  EXPECT_THAT(copies.of(kStranger), IsEmpty());
  EXPECT_EQ(copies.original_of(kStranger), kStranger);
  EXPECT_FALSE(copies.has_companions(kStranger));
}

TEST_F(CopiesTest, ForgetsWhatIsOverInAnyOrder) {
  copies.remove(kCopy);
  EXPECT_THAT(copies.of(kOriginal), ElementsAre(kOtherCopy));
  EXPECT_FALSE(copies.is_copy(kCopy));

  copies.remove(kOriginal);
  EXPECT_THAT(copies.of(kOriginal), IsEmpty());
  EXPECT_TRUE(copies.is_copy(kOtherCopy)) << "it is not over";
  copies.remove(kOtherCopy);
  EXPECT_FALSE(copies.is_copy(kOtherCopy));
}

}  // namespace
}  // namespace wsm
