#include "core/limits/source_addresses.h"

#include <gtest/gtest.h>

namespace wsm {
namespace {

TEST(SourceAddressesTest, ThereIsNoBoundWhereThereAreNone) {
  SourceAddresses sources{0, 10};

  for (int shard = 0; shard < 1000; ++shard) EXPECT_EQ(sources.take(), 0U);

  EXPECT_GT(sources.room(), 1'000'000U);
}

TEST(SourceAddressesTest, EachShardComesFromTheEmptiest) {
  SourceAddresses sources{3, 2};

  EXPECT_EQ(sources.take(), 0U);
  EXPECT_EQ(sources.take(), 1U);
  EXPECT_EQ(sources.take(), 2U);
  EXPECT_EQ(sources.take(), 0U);
  sources.give_back(2);
  EXPECT_EQ(sources.take(), 2U);
}

TEST(SourceAddressesTest, AvoidsSomeWhileThereIsRoomElsewhere) {
  SourceAddresses sources{2, 2};
  const SourceIndex first[] = {0};

  EXPECT_EQ(sources.take(first), 1U);
  EXPECT_EQ(sources.take(first), 1U) << "though it has more already";
  EXPECT_EQ(sources.take(first), 0U);
}

TEST(SourceAddressesTest, HasRoomUntilEachIsFull) {
  SourceAddresses sources{2, 2};
  EXPECT_EQ(sources.room(), 4U);

  for (int shard = 0; shard < 4; ++shard) (void)sources.take();

  EXPECT_EQ(sources.room(), 0U);
  sources.give_back(1);
  EXPECT_EQ(sources.room(), 1U);
}

TEST(SourceAddressesTest, ItsRoomDoesNotOverflow) {
  EXPECT_EQ((SourceAddresses{3, SourceAddresses::kUnbounded}.room()), SourceAddresses::kUnbounded);
}

TEST(SourceAddressesDeathTest, GivesNoPlaceThatThereIsNot) {
  SourceAddresses sources{1, 1};
  (void)sources.take();

  EXPECT_DEATH((void)sources.take(), "shards_each");
}

}  // namespace
}  // namespace wsm
