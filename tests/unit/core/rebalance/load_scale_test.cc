#include "core/rebalance/load_scale.h"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace wsm {
namespace {

/// Ten subscriptions on one shard: nine of 100 messages and 5,000 bytes a second, and a quiet one.
class LoadScaleTest : public ::testing::Test {
 protected:
  LoadScaleTest() {
    for (SubscriptionId::rep i = 0; i < 9; ++i) shard.subscriptions.push_back(busy);
    shard.subscriptions.push_back(quiet);
  }
  LoadScale scale(std::optional<LoadMeasure> measure) const {
    const std::vector<const ShardLoad*> shards{&shard};
    return LoadScale{measure, shards};
  }

  const SubscriptionLoad busy{
      .id = SubscriptionId{1}, .messages_per_second = 100, .bytes_per_second = 5'000};
  const SubscriptionLoad quiet{.id = SubscriptionId{2}};
  ShardLoad shard;
};

TEST_F(LoadScaleTest, ByCountAllWeighTheSameAndAreWorthMoving) {
  for (const auto& measure : {std::optional{LoadMeasure::kCount}, std::optional<LoadMeasure>{}}) {
    EXPECT_EQ(scale(measure).weight(busy), 1'000U);
    EXPECT_EQ(scale(measure).weight(quiet), 1'000U);
    EXPECT_TRUE(scale(measure).is_worth_moving(quiet));
  }
}

TEST_F(LoadScaleTest, ByRateEachWeighsWhatItBrings) {
  EXPECT_EQ(scale(LoadMeasure::kMessages).weight(busy), 100'000U);
  EXPECT_EQ(scale(LoadMeasure::kBytes).weight(busy), 5'000'000U);
}

TEST_F(LoadScaleTest, WhatIsQuietWeighsATenthOfTheAverage) {
  EXPECT_EQ(scale(LoadMeasure::kMessages).weight(quiet), 9'000U);
  EXPECT_EQ(scale(LoadMeasure::kBytes).weight(quiet), 450'000U);
}

TEST_F(LoadScaleTest, WhatBringsLessThanATenthOfTheAverageIsNotWorthMoving) {
  const LoadScale by_messages = scale(LoadMeasure::kMessages);

  EXPECT_TRUE(by_messages.is_worth_moving({.id = {}, .messages_per_second = 9.000}));
  EXPECT_FALSE(by_messages.is_worth_moving({.id = {}, .messages_per_second = 8.999}));
}

TEST_F(LoadScaleTest, WhereNothingHasBeenMeasuredAllWeighTheSameAndNoneIsWorthMoving) {
  shard.subscriptions.assign(3, quiet);

  EXPECT_EQ(scale(LoadMeasure::kMessages).weight(quiet), 1U);
  EXPECT_FALSE(scale(LoadMeasure::kMessages).is_worth_moving(quiet));
}

TEST_F(LoadScaleTest, OfNothingThereIsNoAverage) {
  const LoadScale of_nothing{LoadMeasure::kMessages, {}};

  EXPECT_EQ(of_nothing.weight(quiet), 1U);
}

TEST(ThousandthsTest, RoundsToTheNearest) {
  EXPECT_EQ(thousandths(0), 0U);
  EXPECT_EQ(thousandths(0.0004), 0U);
  EXPECT_EQ(thousandths(0.0006), 1U);
  EXPECT_EQ(thousandths(12.5), 12'500U);
}

TEST(ThousandthsTest, WhatCannotBeARateIsZeroOrTheMostThatCounts) {
  EXPECT_EQ(thousandths(-3), 0U);
  EXPECT_EQ(thousandths(std::nan("")), 0U);
  EXPECT_EQ(thousandths(1e9), 1'000'000'000'000U);
  EXPECT_EQ(thousandths(std::numeric_limits<double>::infinity()), 1'000'000'000'000U);
}

}  // namespace
}  // namespace wsm
