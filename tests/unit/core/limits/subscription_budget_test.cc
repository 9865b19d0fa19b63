#include "core/limits/subscription_budget.h"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr TimePoint kNow{1h};

TEST(SubscriptionBudgetTest, CountsNothingWithoutALimit) {
  SubscriptionBudget budget{std::nullopt};

  for (int i = 0; i < 100'000; ++i) ASSERT_TRUE(budget.take());

  EXPECT_EQ(budget.taken(), 0U);
  EXPECT_TRUE(budget.has_room(1'000'000));
}

TEST(SubscriptionBudgetTest, HasRoomForAsManyAsAreAllowed) {
  SubscriptionBudget budget{2};

  EXPECT_TRUE(budget.has_room(2));
  EXPECT_FALSE(budget.has_room(3));
  EXPECT_TRUE(budget.take());
  EXPECT_TRUE(budget.take());
  EXPECT_FALSE(budget.take());
  EXPECT_FALSE(budget.has_room());
}

TEST(SubscriptionBudgetTest, CountsWhatHasEndedUntilTheServerKnows) {
  SubscriptionBudget budget{1};
  ASSERT_TRUE(budget.take());

  budget.give_back(1, kNow);
  budget.await_room(ShardId{7});

  EXPECT_EQ(budget.next_deadline(), kNow + SubscriptionBudget::kSettle);
  budget.handle_timeout(kNow + SubscriptionBudget::kSettle - 1ns);
  EXPECT_THAT(budget.take_admitted(), IsEmpty());
  budget.handle_timeout(kNow + SubscriptionBudget::kSettle);
  EXPECT_THAT(budget.take_admitted(), ElementsAre(ShardId{7}));
  EXPECT_THAT(budget.take_admitted(), IsEmpty()) << "it asks again if it lacks more";
}

TEST(SubscriptionBudgetTest, HasRoomAtOnceForWhatWasRefused) {
  SubscriptionBudget budget{1};
  ASSERT_TRUE(budget.take());
  budget.await_room(ShardId{7});
  EXPECT_EQ(budget.next_deadline(), std::nullopt) << "there is nothing to wait for";

  budget.cancel(1);

  EXPECT_LE(budget.next_deadline(), kNow);
  EXPECT_THAT(budget.take_admitted(), ElementsAre(ShardId{7}));
}

TEST(SubscriptionBudgetTest, AdmitsEachOnceInTheOrderInWhichTheyCame) {
  SubscriptionBudget budget{1};
  ASSERT_TRUE(budget.take());
  for (const ShardId::rep shard : {3U, 1U, 3U, 2U}) budget.await_room(ShardId{shard});

  budget.cancel(1);

  EXPECT_THAT(budget.take_admitted(), ElementsAre(ShardId{3}, ShardId{1}, ShardId{2}));
}

}  // namespace
}  // namespace wsm
