#include "core/rebalance/settlement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

/// Builds carriers and what they have; each gets the id of its index.
class SettlementTest : public ::testing::Test {
 protected:
  void add_carrier(const std::vector<Weight>& weights, std::size_t capacity = 10) {
    Carrier carrier{.id = ShardId{static_cast<ShardId::rep>(carriers.size())},
                    .capacity = capacity,
                    .count = weights.size(),
                    .stays = true};
    const auto index = static_cast<std::uint32_t>(carriers.size());
    for (const Weight weight : weights) carrier.load += weight;
    Weight rest = carrier.load;
    for (const Weight weight : weights) {
      rest -= weight;
      parcels.push_back({.id = SubscriptionId{next++},
                         .carrier = index,
                         .reason = MoveReason::kEvenOut,
                         .weight = weight,
                         .rest = rest});
    }
    carriers.push_back(carrier);
  }
  /// What it has must move.
  void add_leaving(const std::vector<Weight>& weights, MoveReason reason = MoveReason::kCompact) {
    const std::size_t first = parcels.size();
    add_carrier(weights);
    carriers.back().stays = false;
    for (std::size_t i = first; i < parcels.size(); ++i) parcels[i].reason = reason;
  }
  Settled settle_all(Weight even_load, std::size_t moves_max = 1'000) {
    sort_for_settling(parcels);
    return settle(carriers, parcels, {.even_load = even_load, .moves_max = moves_max});
  }
  static std::vector<Weight> loads(const Settled& settled) {
    std::vector<Weight> loads;
    for (const Carrier& carrier : settled.carriers) loads.push_back(carrier.load);
    return loads;
  }
  static RebalanceMove move(SubscriptionId::rep id, ShardId::rep from, ShardId::rep to,
                            MoveReason reason = MoveReason::kEvenOut) {
    return {.subscription = SubscriptionId{id},
            .from = ShardId{from},
            .to = ShardId{to},
            .reason = reason};
  }

  SubscriptionId::rep next = 0;
  std::vector<Carrier> carriers;
  std::vector<Parcel> parcels;
};

TEST_F(SettlementTest, TakesFromWhatHasTooMuchUntilItHasNot) {
  add_carrier({1, 1, 1, 1, 1, 1});
  add_carrier({1});

  const Settled settled = settle_all(4);

  EXPECT_THAT(settled.moves, ElementsAre(move(0, 0, 1), move(1, 0, 1)));
  EXPECT_THAT(loads(settled), ElementsAre(4, 3));
}

TEST_F(SettlementTest, MovesTheHeaviestFirst) {
  add_carrier({2, 5, 3});
  add_carrier({});

  const Settled settled = settle_all(5);

  EXPECT_THAT(settled.moves, ElementsAre(move(1, 0, 1)));
  EXPECT_THAT(loads(settled), ElementsAre(5, 5));
}

TEST_F(SettlementTest, DoesNotMakeAMoveThatOnlySwapsTheTwo) {
  add_carrier({5, 1});
  add_carrier({1});

  EXPECT_THAT(loads(settle_all(1)), ElementsAre(5, 2)) << "5 + 1 there is not less than 6 here";
}

TEST_F(SettlementTest, GivesToTheLightestAndOfEqualsToTheOneWithFewer) {
  add_leaving({1, 1});
  add_carrier({4});
  add_carrier({1, 1});
  add_carrier({2});

  const Settled settled = settle_all(100);

  EXPECT_THAT(settled.moves, ElementsAre(move(0, 0, 3, MoveReason::kCompact),
                                         move(1, 0, 2, MoveReason::kCompact)));
}

TEST_F(SettlementTest, NeverGivesToWhatIsFull) {
  add_carrier({9, 9, 9});
  add_carrier({1}, 1);
  add_carrier({1, 1}, 2);

  EXPECT_THAT(settle_all(1).moves, IsEmpty());
}

TEST_F(SettlementTest, GivesToWhatWasFullOnceItHasGiven) {
  add_carrier({9, 1}, 2);
  add_carrier({8}, 2);
  add_leaving({4});

  const Settled settled = settle_all(9);

  EXPECT_THAT(loads(settled), ElementsAre(10, 12, 0)) << "nothing was to be gained by giving";
  EXPECT_EQ(settled.carriers[1].count, 2U);
}

TEST_F(SettlementTest, WhatMustMoveStaysWhereThereIsNoRoom) {
  add_leaving({1, 2});
  add_carrier({1}, 2);

  const Settled settled = settle_all(100);

  EXPECT_THAT(settled.moves, ElementsAre(move(1, 0, 1, MoveReason::kCompact)));
  EXPECT_EQ(settled.carriers[0].count, 1U);
}

TEST_F(SettlementTest, OfEquallyHeavyOnesTheMostUrgentIsFirst) {
  add_carrier({1, 1, 1, 1});
  add_leaving({1});
  add_leaving({1}, MoveReason::kEvacuate);
  add_carrier({});

  EXPECT_THAT(settle_all(2).moves,
              ElementsAre(Field(&RebalanceMove::reason, MoveReason::kEvacuate),
                          Field(&RebalanceMove::reason, MoveReason::kCompact),
                          Field(&RebalanceMove::reason, MoveReason::kEvenOut)));
}

TEST_F(SettlementTest, OfEquallyHeavyOnesTheFullestGivesFirst) {
  add_carrier({1, 1, 1, 1});
  add_carrier({1, 1, 1, 1, 1, 1});
  add_carrier({});

  const Settled settled = settle_all(3, 2);

  EXPECT_THAT(loads(settled), ElementsAre(4, 4, 2));
}

TEST_F(SettlementTest, MovesNoMoreThanItMay) {
  add_carrier({1, 1, 1, 1, 1, 1});
  add_carrier({});

  EXPECT_THAT(loads(settle_all(3, 2)), ElementsAre(4, 2));
  EXPECT_THAT(loads(settle_all(3, 0)), ElementsAre(6, 0));
}

TEST_F(SettlementTest, OfNothingComesNothing) { EXPECT_THAT(settle_all(0).moves, IsEmpty()); }

}  // namespace
}  // namespace wsm
