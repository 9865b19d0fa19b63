#include <sstream>
#include <type_traits>
#include <unordered_set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <wsm/types.h>

namespace wsm {
namespace {

using ::testing::UnorderedElementsAre;

static_assert(!std::is_convertible_v<ShardId, Generation>);
static_assert(!std::is_convertible_v<std::uint32_t, ShardId>);
static_assert(!std::is_convertible_v<ShardId, std::uint32_t>);
static_assert(sizeof(ShardId) == sizeof(std::uint32_t));

TEST(StrongTypeTest, IsZeroAtFirst) { EXPECT_EQ(ShardId{}.value(), 0U); }

TEST(StrongTypeTest, ComparesByItsValue) {
  EXPECT_EQ(ShardId{3}, ShardId{3});
  EXPECT_NE(ShardId{3}, ShardId{4});
  EXPECT_LT(ShardId{3}, ShardId{4});
  EXPECT_GE(ShardId{4}, ShardId{4});
}

TEST(StrongTypeTest, PrintsTheBareNumber) {
  std::ostringstream out;

  out << ShardId{17};

  EXPECT_EQ(out.str(), "17");
}

TEST(StrongTypeTest, CanBeAKey) {
  const std::unordered_set<ShardId> shards{ShardId{1}, ShardId{2}, ShardId{1}};

  EXPECT_THAT(shards, UnorderedElementsAre(ShardId{1}, ShardId{2}));
}

TEST(HeaderTest, EqualsAnotherOfTheSameNameAndValue) {
  EXPECT_EQ((Header{"a", "b"}), (Header{"a", "b"}));
  EXPECT_NE((Header{"a", "b"}), (Header{"a", "c"}));
  EXPECT_NE((Header{"a", "b"}), (Header{"A", "b"}));
}

}  // namespace
}  // namespace wsm
