#include "core/subscription/subscription_book.h"

#include <chrono>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using ::testing::Optional;

constexpr SubscriptionId kId{7};
constexpr ShardId kShard{3};
constexpr TimePoint kNow{1h};

TEST(SubscriptionBookTest, KnowsNothingAtFirst) {
  const SubscriptionBook book;

  EXPECT_FALSE(book.is_desired(kId));
  EXPECT_EQ(book.shard_of(kId), std::nullopt);
  EXPECT_TRUE(book.is_forgettable(kId));
  EXPECT_EQ(book.desired_count(), 0U);
}

TEST(SubscriptionBookTest, KnowsShardAndTimeOfWhatIsDesired) {
  SubscriptionBook book;

  book.add(kId, kShard, kNow);

  EXPECT_TRUE(book.is_desired(kId));
  EXPECT_THAT(book.shard_of(kId), Optional(kShard));
  EXPECT_EQ(book.desired_since(kId), kNow);
  EXPECT_FALSE(book.is_forgettable(kId));
  EXPECT_EQ(book.desired_count(), 1U);
}

TEST(SubscriptionBookTest, DoesNotConfuseAnIdWithItsNeighbours) {
  SubscriptionBook book;

  book.add(kId, kShard, kNow);

  EXPECT_FALSE(book.is_desired(SubscriptionId{6}));
  EXPECT_FALSE(book.is_desired(SubscriptionId{8}));
  EXPECT_TRUE(book.is_forgettable(SubscriptionId{0}));
}

TEST(SubscriptionBookTest, ForgetsNothingThatAShardStillHolds) {
  SubscriptionBook book;
  book.add(kId, kShard, kNow);
  book.hold(kId);

  EXPECT_EQ(book.remove(kId), kShard);
  EXPECT_FALSE(book.is_desired(kId));
  EXPECT_FALSE(book.is_forgettable(kId));
  EXPECT_EQ(book.desired_count(), 0U);

  book.release(kId);
  EXPECT_TRUE(book.is_forgettable(kId));
}

TEST(SubscriptionBookTest, WaitsForEveryHolder) {
  SubscriptionBook book;
  book.hold(kId);
  book.hold(kId);

  book.release(kId);
  EXPECT_FALSE(book.is_forgettable(kId));
  book.release(kId);
  EXPECT_TRUE(book.is_forgettable(kId));
}

TEST(SubscriptionBookTest, KeepsWhatIsDesiredAgainWhenTheOldHolderLetsGo) {
  SubscriptionBook book;
  book.add(kId, kShard, kNow);
  book.hold(kId);
  book.remove(kId);

  book.add(kId, ShardId{4}, kNow + 1s);
  book.release(kId);

  EXPECT_FALSE(book.is_forgettable(kId));
  EXPECT_THAT(book.shard_of(kId), Optional(ShardId{4}));
  EXPECT_EQ(book.desired_since(kId), kNow + 1s);
}

TEST(SubscriptionBookTest, AgreesWithANaiveModelInAnySequence) {
  SubscriptionBook book;
  std::map<SubscriptionId, ShardId> desired;
  std::map<SubscriptionId, int> holders;
  SeededRng rng{5};

  for (int step = 0; step < 20'000; ++step) {
    const SubscriptionId id{static_cast<SubscriptionId::rep>(rng.below(40))};
    const ShardId shard{static_cast<ShardId::rep>(rng.below(5))};
    switch (rng.below(4)) {
      case 0:
        if (desired.try_emplace(id, shard).second) book.add(id, shard, kNow);
        break;
      case 1:
        if (desired.erase(id) > 0) (void)book.remove(id);
        break;
      case 2:
        ++holders[id];
        book.hold(id);
        break;
      default:
        if (holders[id] > 0) {
          --holders[id];
          book.release(id);
        }
    }
    const auto carrier = desired.find(id);
    ASSERT_EQ(book.is_desired(id), carrier != desired.end());
    if (carrier != desired.end()) {
      ASSERT_THAT(book.shard_of(id), Optional(carrier->second));
    }
    ASSERT_EQ(book.is_forgettable(id), carrier == desired.end() && holders[id] == 0);
    ASSERT_EQ(book.desired_count(), desired.size());
  }
}

TEST(SubscriptionBookDeathTest, RefusesWhatIsDesiredAlready) {
  SubscriptionBook book;
  book.add(kId, kShard, kNow);

  EXPECT_DEATH(book.add(kId, kShard, kNow), "added.shard");
}

TEST(SubscriptionBookDeathTest, RefusesToEndWhatNobodyDesires) {
  SubscriptionBook book;

  EXPECT_DEATH((void)book.remove(kId), "removed.shard");
  EXPECT_DEATH(book.release(kId), "holders > 0");
  EXPECT_DEATH((void)book.desired_since(kId), "is_desired");
}

}  // namespace
}  // namespace wsm
