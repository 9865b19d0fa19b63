#include "core/rebalance/planner.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rebalance_model.h"

namespace wsm {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr ShardId shard(ShardId::rep number) { return ShardId{number}; }

class PlannerTest : public ::testing::Test {
 protected:
  /// One shard of `capacity` with a subscription for each of `rates`, in messages a second.
  void add_shard_with(const std::vector<double>& rates, std::size_t capacity = 100,
                      ShardRole role = ShardRole::kOpen) {
    ShardLoad added{
        .id = ShardId{opened++}, .capacity = capacity, .role = role, .subscriptions = {}};
    for (const double rate : rates) {
      added.subscriptions.push_back({.id = SubscriptionId{subscribed++},
                                     .messages_per_second = rate,
                                     .bytes_per_second = 1'000 - rate});
    }
    model.add_shard(std::move(added));
  }
  void add_shard(std::size_t count, std::size_t capacity = 100, ShardRole role = ShardRole::kOpen) {
    add_shard_with(std::vector<double>(count, 0.0), capacity, role);
  }
  RebalancePlan plan() { return plan_rebalance(model.shards(), policy); }
  RebalancePlan apply_plan() {
    RebalancePlan applied = plan();
    model.apply(applied);
    return applied;
  }
  std::vector<std::size_t> counts() {
    std::vector<std::size_t> counts;
    for (const ShardLoad& each : model.shards()) counts.push_back(each.subscriptions.size());
    return counts;
  }

  ShardId::rep opened = 0;
  SubscriptionId::rep subscribed = 0;
  RebalanceModel model;
  RebalancePolicy policy;
};

TEST_F(PlannerTest, ProposesNothingForNothing) { EXPECT_TRUE(plan().is_empty()); }

TEST_F(PlannerTest, ProposesNothingForShardsThatAreEvenAndNeeded) {
  for (const std::size_t count : {80U, 70U, 90U}) add_shard(count);

  EXPECT_TRUE(plan().is_empty());
}

TEST_F(PlannerTest, RehomesWhatIsOnAnEvacuatedShard) {
  add_shard(60);
  add_shard(60);
  add_shard(40, 100, ShardRole::kEvacuated);

  const RebalancePlan applied = apply_plan();

  EXPECT_THAT(applied.moves,
              AllOf(SizeIs(40), Each(Field(&RebalanceMove::reason, MoveReason::kEvacuate))));
  EXPECT_THAT(applied.closable, ElementsAre(shard(2)));
  EXPECT_THAT(counts(), ElementsAre(80, 80));
}

TEST_F(PlannerTest, WhatFindsNoRoomStaysOnTheEvacuatedShard) {
  add_shard(98);
  add_shard(40, 100, ShardRole::kEvacuated);

  const RebalancePlan applied = apply_plan();

  EXPECT_THAT(applied.moves, SizeIs(2));
  EXPECT_THAT(applied.closable, IsEmpty());
  EXPECT_THAT(counts(), ElementsAre(100, 38));
  EXPECT_TRUE(plan().is_empty());
}

TEST_F(PlannerTest, NamesAnEvacuatedShardThatIsEmpty) {
  add_shard(50);
  add_shard(0U, 100, ShardRole::kEvacuated);

  EXPECT_THAT(plan().closable, ElementsAre(shard(1)));
}

TEST_F(PlannerTest, LeavesFixedShardsAlone) {
  add_shard(90, 100, ShardRole::kFixed);
  add_shard(1, 100, ShardRole::kFixed);
  add_shard(50, 100);

  EXPECT_TRUE(plan().is_empty());
}

TEST_F(PlannerTest, EmptiesTheShardThatIsNotNeeded) {
  add_shard(20);
  add_shard(40);
  add_shard(45);

  const RebalancePlan applied = apply_plan();

  EXPECT_THAT(applied.moves,
              AllOf(SizeIs(20), Each(Field(&RebalanceMove::reason, MoveReason::kCompact))));
  EXPECT_THAT(applied.closable, ElementsAre(shard(0)));
  EXPECT_THAT(counts(), ElementsAre(53, 52));
}

TEST_F(PlannerTest, EmptiesNothingWhileTheOthersWouldBeTooFull) {
  add_shard(45);
  add_shard(46);
  EXPECT_TRUE(plan().is_empty());

  model.shard(shard(1)).subscriptions.pop_back();

  EXPECT_THAT(plan().moves, SizeIs(45));
}

TEST_F(PlannerTest, KeepsAnEmptyShardThatIsNeeded) {
  policy.even_out_by = std::nullopt;
  add_shard(91);
  add_shard(0U);

  EXPECT_TRUE(plan().is_empty()) << "the other one alone would be too full";
}

TEST_F(PlannerTest, GivesAnEvacuatedShardsSubscriptionsToThoseThatStay) {
  add_shard(10);
  add_shard(30);
  add_shard(40, 100, ShardRole::kEvacuated);

  apply_plan();

  EXPECT_THAT(counts(), ElementsAre(80)) << "not to the one that is emptied as well";
  EXPECT_EQ(model.shards().front().id, shard(1));
}

TEST_F(PlannerTest, EvensOutOnceTheFullestHasAQuarterMoreThanTheMean) {
  for (const std::size_t count : {75U, 45U, 60U, 60U, 60U, 60U, 60U, 60U}) add_shard(count, 76);
  EXPECT_TRUE(plan().is_empty()) << "75 of a mean of 60";

  model.shard(shard(0)).subscriptions.push_back({.id = SubscriptionId{1'000}});
  model.shard(shard(1)).subscriptions.pop_back();
  apply_plan();

  EXPECT_THAT(counts(), ElementsAre(66, 54, 60, 60, 60, 60, 60, 60)) << "a tenth more is left";
}

TEST_F(PlannerTest, SplitsAFullShardWithAFreshOne) {
  add_shard(100);
  add_shard(1);

  const RebalancePlan applied = apply_plan();

  EXPECT_THAT(applied.moves, Each(Field(&RebalanceMove::reason, MoveReason::kEvenOut)));
  EXPECT_THAT(counts(), ElementsAre(55, 46));
}

TEST_F(PlannerTest, DoesNotEvenOutWhatCannotBeMoreEven) {
  add_shard(2, 2);
  add_shard(1, 2);
  add_shard(1, 2);

  EXPECT_TRUE(plan().is_empty()) << "2 is one and a half times the mean";
}

TEST_F(PlannerTest, EvensOutNothingWhereThatIsNotWanted) {
  policy.even_out_by = std::nullopt;
  add_shard(100);
  add_shard(1);

  EXPECT_TRUE(plan().is_empty());
}

TEST_F(PlannerTest, ByMessagesItTakesFromTheShardThatBringsMost) {
  policy.even_out_by = LoadMeasure::kMessages;
  add_shard_with({300, 200, 100}, 3);
  add_shard_with({10, 10, 10}, 4);

  const RebalancePlan applied = apply_plan();

  EXPECT_THAT(applied.moves, ElementsAre(RebalanceMove{.subscription = SubscriptionId{0},
                                                       .from = shard(0),
                                                       .to = shard(1),
                                                       .reason = MoveReason::kEvenOut}));
}

TEST_F(PlannerTest, ByBytesItComparesBytes) {
  policy.even_out_by = LoadMeasure::kBytes;
  add_shard_with({900, 900, 900}, 4);  // 100 bytes a second each.
  add_shard_with({400, 500, 500}, 4);

  const RebalancePlan applied = apply_plan();

  EXPECT_THAT(applied.moves, ElementsAre(Field(&RebalanceMove::subscription, SubscriptionId{3})));
}

TEST_F(PlannerTest, ByRateItLeavesShardsAloneThatBringTooLittleToBeCompared) {
  policy.even_out_by = LoadMeasure::kMessages;
  add_shard_with({10, 9.998}, 2);
  add_shard_with({0}, 2);
  EXPECT_TRUE(plan().is_empty()) << "9.999 on average";

  model.shard(shard(0)).subscriptions.back().messages_per_second = 10;
  EXPECT_THAT(plan().moves, SizeIs(1));
}

TEST_F(PlannerTest, DoesNotRobAShardOfItsQuietOnesBecauseOneOfThemIsTooMuch) {
  policy.even_out_by = LoadMeasure::kMessages;
  std::vector<double> rates(50, 1.0);
  rates.push_back(10'000);
  add_shard_with(rates);
  add_shard(50);

  EXPECT_TRUE(plan().is_empty());
}

TEST_F(PlannerTest, ProposesNoMoreMovesThanItMayTheUrgentOnesFirst) {
  policy.moves_max = 30;
  add_shard(80);
  add_shard(60);
  add_shard(25, 100, ShardRole::kEvacuated);
  add_shard(10);

  const RebalancePlan first = apply_plan();
  ASSERT_THAT(first.moves, SizeIs(30));
  for (std::size_t i = 0; i < 30; ++i) {
    const auto expected = i < 25 ? MoveReason::kEvacuate : MoveReason::kCompact;
    EXPECT_EQ(first.moves[i].reason, expected) << i;
  }
  EXPECT_THAT(first.closable, ElementsAre(shard(2)));

  const RebalancePlan second = apply_plan();
  EXPECT_THAT(second.closable, ElementsAre(shard(3)));
  EXPECT_TRUE(plan().is_empty());
}

TEST_F(PlannerTest, EvacuatesBeforeItEvensOutEvenWhatIsHeavier) {
  policy.even_out_by = LoadMeasure::kMessages;
  add_shard_with({300, 300}, 4);
  add_shard_with({100, 100}, 4);
  add_shard_with({50}, 4, ShardRole::kEvacuated);

  const auto moves = plan().moves;

  ASSERT_THAT(moves, SizeIs(3));
  EXPECT_EQ(moves[0].reason, MoveReason::kEvacuate);
  EXPECT_EQ(moves[1].reason, MoveReason::kEvenOut);
}

TEST_F(PlannerTest, MayBeForbiddenEveryMove) {
  policy.moves_max = 0;
  add_shard(80);
  add_shard(1);
  add_shard(1, 100, ShardRole::kEvacuated);

  EXPECT_TRUE(plan().is_empty());
}

using PlannerDeathTest = PlannerTest;

TEST_F(PlannerDeathTest, RefusesToEndAboveWhereItBegins) {
  policy.even_below = 1.3;

  EXPECT_DEATH(static_cast<void>(plan()), "even_below");
}

TEST_F(PlannerDeathTest, RefusesAFillOfNothing) {
  policy.fill_max = 0;

  EXPECT_DEATH(static_cast<void>(plan()), "fill_max");
}

}  // namespace
}  // namespace wsm
