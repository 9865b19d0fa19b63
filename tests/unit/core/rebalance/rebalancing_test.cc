#include "core/rebalance/rebalancing.h"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

constexpr TimePoint kStart{1h};

class RebalancingTest : public ::testing::Test {
 protected:
  /// So many moves from shard 0 to shard 1, which leave shard 0 empty.
  void begin(std::size_t moves) {
    RebalancePlan plan{.moves = {}, .closable = {ShardId{0}}};
    for (std::size_t i = 0; i < moves; ++i) {
      plan.moves.push_back({SubscriptionId{static_cast<SubscriptionId::rep>(i)}, ShardId{0},
                            ShardId{1}, MoveReason::kCompact});
    }
    rebalancing.begin(std::move(plan), kStart);
  }
  /// Begins what may begin now. Returns how many.
  std::size_t begin_moves() {
    std::size_t begun = 0;
    for (; rebalancing.next(); ++begun) rebalancing.handle_begun();
    return begun;
  }

  Rebalancing rebalancing;
};

TEST_F(RebalancingTest, IsDueSomeTimeAfterTheFirstChange) {
  EXPECT_EQ(rebalancing.next_deadline(), std::nullopt);
  rebalancing.handle_changed(kStart);
  rebalancing.handle_changed(kStart + 5s);

  EXPECT_FALSE(rebalancing.is_due(kStart + Rebalancing::kDelay - 1ns));
  EXPECT_TRUE(rebalancing.is_due(kStart + Rebalancing::kDelay));
}

TEST_F(RebalancingTest, KnowsWhichShardsWillHaveNothingLeft) {
  EXPECT_FALSE(rebalancing.is_being_emptied(ShardId{0}));
  begin(1);
  EXPECT_TRUE(rebalancing.is_being_emptied(ShardId{0}));
  EXPECT_FALSE(rebalancing.is_being_emptied(ShardId{1}));

  begin_moves();
  rebalancing.handle_cancelled(SubscriptionId{0});
  ASSERT_TRUE(rebalancing.take_result(kStart));
  EXPECT_FALSE(rebalancing.is_being_emptied(ShardId{0}));
}

TEST_F(RebalancingTest, ThereIsAPauseBetweenTwoPlans) {
  begin(1);
  begin_moves();
  rebalancing.handle_ended(SubscriptionId{0}, MoveOutcome::kProven);
  ASSERT_TRUE(rebalancing.take_result(kStart + 3s));

  rebalancing.handle_changed(kStart + 4s);

  EXPECT_EQ(rebalancing.next_deadline(), kStart + 3s + Rebalancing::kPause);
}

TEST_F(RebalancingTest, ThePauseGrowsWhileMovesAreGivenUp) {
  TimePoint now = kStart;
  for (const Duration pause : {60s, 120s, 240s}) {
    begin(1);
    begin_moves();
    rebalancing.handle_ended(SubscriptionId{0}, MoveOutcome::kAbandoned);
    ASSERT_TRUE(rebalancing.take_result(now));
    rebalancing.handle_changed(now);
    EXPECT_EQ(rebalancing.next_deadline(), now + pause);
    now += pause;
  }
}

TEST_F(RebalancingTest, SoManyMoveAtATime) {
  begin(Rebalancing::kMovesMax + 2);
  EXPECT_EQ(begin_moves(), Rebalancing::kMovesMax);

  rebalancing.handle_ended(SubscriptionId{7}, MoveOutcome::kProven);

  EXPECT_TRUE(rebalancing.may_go_on());
  EXPECT_EQ(begin_moves(), 1U);
  EXPECT_FALSE(rebalancing.may_go_on());
}

TEST_F(RebalancingTest, TellsWhatHasComeOfEachWhenAllHaveEnded) {
  begin(6);
  rebalancing.handle_needless();
  rebalancing.handle_impossible();
  ASSERT_EQ(begin_moves(), 4U);
  rebalancing.handle_ended(SubscriptionId{2}, MoveOutcome::kProven);
  rebalancing.handle_ended(SubscriptionId{3}, MoveOutcome::kUnproven);
  rebalancing.handle_ended(SubscriptionId{4}, MoveOutcome::kInterrupted);
  rebalancing.handle_ended(SubscriptionId{99}, MoveOutcome::kProven);  // None of the plan.
  EXPECT_FALSE(rebalancing.take_result(kStart + 1s));

  rebalancing.handle_cancelled(SubscriptionId{5});
  const auto result = rebalancing.take_result(kStart + 2s);

  ASSERT_TRUE(result);
  EXPECT_EQ(result->told.proven, 1U);
  EXPECT_EQ(result->told.unproven, 1U);
  EXPECT_EQ(result->told.interrupted, 1U);
  EXPECT_EQ(result->told.abandoned, 1U);
  EXPECT_EQ(result->told.lasted, 2s);
  EXPECT_THAT(result->closable, ElementsAre(ShardId{0}));
  EXPECT_FALSE(rebalancing.is_under_way());
}

TEST_F(RebalancingTest, OneWithoutRoomWaitsForAMoveThatMakesSome) {
  begin(2);
  (void)rebalancing.next();
  rebalancing.handle_begun();
  rebalancing.handle_no_room();
  EXPECT_EQ(rebalancing.left(), 2U);

  rebalancing.handle_ended(SubscriptionId{0}, MoveOutcome::kProven);
  rebalancing.handle_no_room();

  EXPECT_EQ(rebalancing.left(), 0U) << "nothing is under way that could make some";
  EXPECT_EQ(rebalancing.take_result(kStart)->told.abandoned, 1U);
}

TEST_F(RebalancingTest, WhatIsBalancedIsNotLookedAtAgainBeforeAChange) {
  rebalancing.handle_changed(kStart);
  rebalancing.handle_balanced(kStart + 10s);
  EXPECT_EQ(rebalancing.next_deadline(), std::nullopt);

  rebalancing.handle_changed(kStart + 11s);

  EXPECT_EQ(rebalancing.next_deadline(), kStart + 10s + Rebalancing::kPause);
}

TEST_F(RebalancingTest, NothingIsLeftWhenItIsCleared) {
  begin(3);
  begin_moves();

  rebalancing.clear();

  EXPECT_FALSE(rebalancing.is_under_way());
  EXPECT_EQ(rebalancing.left(), 0U);
}

}  // namespace
}  // namespace wsm
