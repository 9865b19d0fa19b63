#include "manager/refusals.h"

#include <vector>

#include <gmock/gmock.h>

namespace wsm {
namespace {

constexpr ShardId kShard{0};
constexpr SubscriptionId kId{1};

TEST(RefusalsTest, RefusesEveryCommandWithTheReason) {
  Refusals refusals;

  EXPECT_EQ(refusals.check_start().error().code, Errc::kBrokenDown);
  EXPECT_EQ(refusals.start({}, 1).error().code, Errc::kBrokenDown);
  EXPECT_EQ(refusals.reconnect_shard(kShard).error().code, Errc::kBrokenDown);
  EXPECT_EQ(refusals.hot_switchover(kShard).error().code, Errc::kBrokenDown);
  EXPECT_EQ(refusals.rebalance().error().code, Errc::kBrokenDown);
  EXPECT_EQ(refusals.send(kShard, OutgoingMessage::text("x")).error().code, Errc::kBrokenDown);
  EXPECT_EQ(refusals.shard_subscriptions(kShard).error().code, Errc::kBrokenDown);
}

TEST(RefusalsTest, RefusesEachItemOfASubscribe) {
  Refusals refusals;
  const std::vector ids{kId, kId};

  const auto results = refusals.subscribe(ids);

  ASSERT_EQ(results.size(), 2U);
  for (const SubscribeResult& result : results) {
    EXPECT_EQ(result.status, SubscribeStatus::kRefused);
    EXPECT_EQ(result.error.value().code, Errc::kBrokenDown);
  }
}

TEST(RefusalsTest, KnowsOfNothing) {
  Refusals refusals;

  EXPECT_EQ(refusals.unsubscribe(kId).status, UnsubscribeStatus::kNotSubscribed);
  EXPECT_EQ(refusals.subscription_state(kId), std::nullopt);
  EXPECT_FALSE(refusals.is_serving());
}

}  // namespace
}  // namespace wsm
