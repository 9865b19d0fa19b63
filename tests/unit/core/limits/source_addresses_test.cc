#include "core/limits/source_addresses.h"

#include <chrono>

#include <gtest/gtest.h>

namespace wsm {
namespace {

using namespace std::chrono_literals;

class SourceAddressesTest : public ::testing::Test {
 protected:
  static BackoffOptions backoff() {
    return {.initial_delay = 1s, .max_delay = 10s, .jitter = false};
  }
  SourceAddresses make(std::size_t addresses, std::size_t shards_each) {
    return {addresses, shards_each, backoff(), rng};
  }
  /// Where the next shard has its place; each is a group of its own.
  SourceIndex place_one(SourceAddresses& sources) { return sources.take(ShardId{++shards}, now); }

  SeededRng rng{1};
  TimePoint now{1h};
  ShardId::rep shards = 0;
};

using SourceAddressesDeathTest = SourceAddressesTest;

TEST_F(SourceAddressesTest, ThereIsNoBoundWhereThereAreNone) {
  SourceAddresses sources = make(0, 10);

  for (int shard = 0; shard < 1000; ++shard) EXPECT_EQ(place_one(sources), 0U);

  EXPECT_GT(sources.room(), 1'000'000U);
}

TEST_F(SourceAddressesTest, EachShardComesFromTheEmptiest) {
  SourceAddresses sources = make(3, 2);

  EXPECT_EQ(place_one(sources), 0U);
  EXPECT_EQ(place_one(sources), 1U);
  EXPECT_EQ(place_one(sources), 2U);
  EXPECT_EQ(place_one(sources), 0U);
  sources.give_back(2, ShardId{3});
  EXPECT_EQ(place_one(sources), 2U);
}

TEST_F(SourceAddressesTest, CopiesAreKeptApartWhileThereIsRoomElsewhere) {
  SourceAddresses sources = make(2, 2);
  const ShardId group{7};
  EXPECT_EQ(sources.take(group, now), 0U);

  EXPECT_EQ(sources.take(group, now), 1U);
  EXPECT_EQ(sources.take(group, now), 0U);
  EXPECT_EQ(sources.take(group, now), 1U);
}

TEST_F(SourceAddressesTest, HasRoomUntilEachIsFull) {
  SourceAddresses sources = make(2, 2);
  EXPECT_EQ(sources.room(), 4U);

  for (int shard = 0; shard < 4; ++shard) (void)place_one(sources);

  EXPECT_EQ(sources.room(), 0U);
  sources.give_back(1, ShardId{2});
  EXPECT_EQ(sources.room(), 1U);
}

TEST_F(SourceAddressesTest, ItsRoomDoesNotOverflow) {
  EXPECT_EQ(make(3, SourceAddresses::kUnbounded).room(), SourceAddresses::kUnbounded);
}

TEST_F(SourceAddressesTest, OneThatHasFailedIsLeftOutUntilItsTimeComes) {
  SourceAddresses sources = make(2, 10);
  sources.handle_failed(0, now, now);

  EXPECT_EQ(place_one(sources), 1U);
  EXPECT_EQ(place_one(sources), 1U) << "though the other is empty";

  now += 1s;
  EXPECT_EQ(place_one(sources), 0U);
  EXPECT_EQ(place_one(sources), 1U) << "one tries it at a time";

  sources.handle_worked(0);
  EXPECT_EQ(place_one(sources), 0U);
}

TEST_F(SourceAddressesTest, EachFailureOfATryMakesTheWaitLonger) {
  SourceAddresses sources = make(2, 10);
  sources.handle_failed(0, now, now);
  sources.handle_failed(0, now - 1s, now);  // It was on its way already.
  now += 1s;
  EXPECT_EQ(place_one(sources), 0U);

  sources.handle_failed(0, now, now);

  now += 1s;
  EXPECT_EQ(place_one(sources), 1U);
  now += 1s;
  EXPECT_EQ(place_one(sources), 0U);
}

TEST_F(SourceAddressesTest, ATryThatEndsWithoutAResultIsMadeAgain) {
  SourceAddresses sources = make(2, 10);
  sources.handle_failed(0, now, now);
  for (int shard = 1; shard <= 3; ++shard) ASSERT_EQ(place_one(sources), 1U);
  now += 1s;
  EXPECT_EQ(place_one(sources), 0U);

  sources.handle_given_up(0, now);
  EXPECT_EQ(place_one(sources), 0U);
  sources.give_back(0, ShardId{5});
  EXPECT_EQ(place_one(sources), 0U);
}

TEST_F(SourceAddressesTest, OneWithoutRoomElsewhereIsUsedWhateverHasHappened) {
  SourceAddresses sources = make(2, 1);
  sources.handle_failed(0, now, now);

  EXPECT_EQ(place_one(sources), 1U);
  EXPECT_EQ(place_one(sources), 0U);
}

TEST_F(SourceAddressesTest, AShardWithoutAConnectionLeavesOneThatHasFailed) {
  SourceAddresses sources = make(2, 10);
  const ShardId shard{1};
  ASSERT_EQ(sources.take(shard, now), 0U);
  EXPECT_EQ(sources.move(0, shard, ConnectUrgency::kRestore, now), 0U);

  sources.handle_failed(0, now, now);
  EXPECT_EQ(sources.move(0, shard, ConnectUrgency::kRestore, now), 1U);

  now += 1min;
  sources.handle_failed(1, now, now);
  sources.handle_worked(0);
  EXPECT_EQ(sources.move(1, shard, ConnectUrgency::kRestore, now), 0U);
}

TEST_F(SourceAddressesTest, AShardWithoutAConnectionMakesNoExperiments) {
  SourceAddresses sources = make(3, 10);
  sources.handle_failed(0, now, now);
  sources.handle_failed(1, now, now);
  const ShardId shard{1};
  ASSERT_EQ(sources.take(shard, now), 2U);
  now += 1min;  // The others might be tried.

  EXPECT_EQ(sources.move(2, shard, ConnectUrgency::kRestore, now), 2U);
}

TEST_F(SourceAddressesTest, ARenewalEvensThemOutAndTriesOneThatIsDue) {
  SourceAddresses sources = make(2, 10);
  sources.handle_failed(0, now, now);
  for (int shard = 0; shard < 4; ++shard) ASSERT_EQ(place_one(sources), 1U);
  EXPECT_EQ(sources.move(1, ShardId{1}, ConnectUrgency::kRenew, now), 1U) << "not due yet";
  now += 1s;

  EXPECT_EQ(sources.move(1, ShardId{1}, ConnectUrgency::kRenew, now), 0U);
  EXPECT_EQ(sources.move(1, ShardId{2}, ConnectUrgency::kRenew, now), 1U) << "one at a time";
  sources.handle_worked(0);
  EXPECT_EQ(sources.move(1, ShardId{2}, ConnectUrgency::kRenew, now), 0U);
  EXPECT_EQ(sources.move(1, ShardId{3}, ConnectUrgency::kRenew, now), 1U) << "two and two";
}

TEST_F(SourceAddressesDeathTest, GivesNoPlaceThatThereIsNot) {
  SourceAddresses sources = make(1, 1);
  (void)place_one(sources);

  EXPECT_DEATH((void)place_one(sources), "shards_each");
}

}  // namespace
}  // namespace wsm
