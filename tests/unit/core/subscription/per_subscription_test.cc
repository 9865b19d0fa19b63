#include "core/subscription/per_subscription.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

TEST(PerSubscriptionTest, KnowsNothingAtFirst) {
  const PerSubscription<int> row;

  EXPECT_EQ(row.value(SubscriptionId{7}), 0);
}

TEST(PerSubscriptionTest, KeepsEachApart) {
  PerSubscription<int> row;
  row.of(SubscriptionId{2}) = 20;
  row.of(SubscriptionId{0}) = 5;

  EXPECT_EQ(row.value(SubscriptionId{2}), 20);
  EXPECT_EQ(row.value(SubscriptionId{1}), 0);
  EXPECT_EQ(row.value(SubscriptionId{3}), 0) << "behind the last one";
}

TEST(PerSubscriptionTest, ForgetsOne) {
  PerSubscription<int> row;
  row.of(SubscriptionId{0}) = 5;
  row.of(SubscriptionId{1}) = 6;

  row.forget(SubscriptionId{0});
  row.forget(SubscriptionId{9});  // It never had anything.

  EXPECT_EQ(row.value(SubscriptionId{0}), 0);
  EXPECT_EQ(row.value(SubscriptionId{1}), 6);
}

TEST(PerSubscriptionTest, ShowsAllToBeChanged) {
  PerSubscription<int> row;
  row.of(SubscriptionId{2}) = 4;
  EXPECT_THAT(row.values(), ElementsAre(0, 0, 4));

  for (int& value : row.values()) value = 1;
  EXPECT_THAT(row.values(), Each(1));
}

}  // namespace
}  // namespace wsm
