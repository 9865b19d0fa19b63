#include "core/rebalance/parcels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm {
namespace {

using ::testing::ElementsAre;

/// Shards that carry subscriptions with so many messages a second; ids count through.
class ParcelsTest : public ::testing::Test {
 protected:
  void add_shard(ShardRole role, bool stays, const std::vector<double>& rates) {
    const ShardId id{static_cast<ShardId::rep>(shards.size())};
    ShardLoad shard{.id = id, .capacity = 10, .role = role, .subscriptions = {}};
    Carrier carrier{.id = id, .capacity = 10, .count = rates.size(), .stays = stays};
    for (const double rate : rates) {
      shard.subscriptions.push_back({.id = SubscriptionId{next++}, .messages_per_second = rate});
      carrier.load += thousandths(rate);
    }
    shards.push_back(shard);
    carriers.push_back(carrier);
  }
  std::vector<const ShardLoad*> pointers() const {
    std::vector<const ShardLoad*> pointers;
    for (const ShardLoad& shard : shards) pointers.push_back(&shard);
    return pointers;
  }
  std::vector<Parcel> homeless() const {
    return list_homeless(pointers(), carriers, LoadScale{LoadMeasure::kMessages, pointers()});
  }
  std::vector<Parcel> residents() const {
    return list_residents(pointers(), carriers, LoadScale{LoadMeasure::kMessages, pointers()});
  }
  static std::vector<SubscriptionId::rep> ids(const std::vector<Parcel>& parcels) {
    std::vector<SubscriptionId::rep> ids;
    for (const Parcel& parcel : parcels) ids.push_back(parcel.id.value());
    return ids;
  }

  SubscriptionId::rep next = 0;
  std::vector<ShardLoad> shards;
  std::vector<Carrier> carriers;
};

TEST_F(ParcelsTest, HomelessIsWhatNeitherStaysNorIsOnAShardThatStays) {
  add_shard(ShardRole::kOpen, true, {10, 10});
  add_shard(ShardRole::kOpen, false, {10});
  add_shard(ShardRole::kEvacuated, false, {10});

  EXPECT_THAT(ids(homeless()), ElementsAre(3, 2));
  EXPECT_THAT(ids(residents()), ElementsAre(0, 1));
}

TEST_F(ParcelsTest, TheHeaviestLeavesEvacuatedShardsFirst) {
  add_shard(ShardRole::kEvacuated, false, {10, 30});
  add_shard(ShardRole::kEvacuated, false, {20, 40, 30});

  EXPECT_THAT(ids(homeless()), ElementsAre(3, 1, 4, 2, 0));
}

TEST_F(ParcelsTest, TheShardWithFewestIsEmptiedFirst) {
  add_shard(ShardRole::kOpen, false, {90, 90, 90});
  add_shard(ShardRole::kOpen, false, {10, 20});

  EXPECT_THAT(ids(homeless()), ElementsAre(4, 3, 0, 1, 2));
}

TEST_F(ParcelsTest, AResidentKnowsWhatItsShardHasWithoutItAndThoseBeforeIt) {
  add_shard(ShardRole::kOpen, true, {10, 30, 20});

  const auto parcels = residents();

  EXPECT_THAT(ids(parcels), ElementsAre(1, 2, 0));
  EXPECT_EQ(parcels[0].rest, 30'000U);
  EXPECT_EQ(parcels[1].rest, 10'000U);
  EXPECT_EQ(parcels[2].rest, 0U);
}

TEST_F(ParcelsTest, WhatIsNotWorthMovingIsHomelessButNoResident) {
  add_shard(ShardRole::kOpen, true, {100, 0});
  add_shard(ShardRole::kOpen, false, {100, 0});

  EXPECT_THAT(ids(homeless()), ElementsAre(2, 3));
  EXPECT_THAT(ids(residents()), ElementsAre(0));
}

}  // namespace
}  // namespace wsm
