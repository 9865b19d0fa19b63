// The desired set while the manager runs.

#include <future>

#include "manager/manager_fixture.h"

namespace wsm::testing {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::Le;
using ::testing::Optional;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAreArray;

constexpr ShardId kUnknown{77};

class SubscribeTest : public ManagerFixture {
 protected:
  /// Waits until the venue's connections have `count` subscriptions in all.
  [[nodiscard]] bool wait_for_subscriptions(std::size_t count) {
    return eventually([&] {
      std::size_t sum = 0;
      for (const venue::OpenConnection& it : venue->connections()) sum += it.subscriptions;
      return sum == count;
    });
  }
};

TEST_F(SubscribeTest, AnswersForEachItemInOrder) {
  start_live();

  const auto results = manager->subscribe({"T0004", "T0001", "T0004"});

  EXPECT_THAT(results,
              ElementsAre(Field(&SubscribeResult::status, SubscribeStatus::kPlaced),
                          Field(&SubscribeResult::status, SubscribeStatus::kAlreadySubscribed),
                          Field(&SubscribeResult::status, SubscribeStatus::kAlreadySubscribed)));
  EXPECT_THAT(results, Each(Field(&SubscribeResult::shard, Optional(ShardId{0}))));
  EXPECT_EQ(manager->total_subscriptions(), 4U);
  EXPECT_EQ(manager->metrics().snapshot().counters.duplicate_subscriptions, 2U);
  EXPECT_TRUE(wait_for_subscriptions(4));
}

TEST_F(SubscribeTest, UnsubscribeAnswersForEachItemInOrder) {
  start_live();

  const auto results = manager->unsubscribe({"T0001", "T0009", "T0001"});

  EXPECT_THAT(results,
              ElementsAre(Field(&UnsubscribeResult::status, UnsubscribeStatus::kRemoved),
                          Field(&UnsubscribeResult::status, UnsubscribeStatus::kNotSubscribed),
                          Field(&UnsubscribeResult::status, UnsubscribeStatus::kNotSubscribed)));
  EXPECT_THAT(results.front().shard, Optional(ShardId{0}));
  EXPECT_TRUE(wait_for_subscriptions(2));
}

TEST_F(SubscribeTest, WhateverIsSaidLastHolds) {
  start_live();

  manager->unsubscribe({"T0001"});
  manager->subscribe({"T0001", "T0005"});
  manager->unsubscribe({"T0005"});

  EXPECT_TRUE(wait_for_subscriptions(3));
  EXPECT_TRUE(manager->subscription_shard("T0001"));
  EXPECT_FALSE(manager->subscription_shard("T0005"));
  EXPECT_EQ(venue->counters().requests_in_error, 0U);
}

TEST_F(SubscribeTest, OpensShardsAsTheyAreNeededAndKeepsTheCapOfEach) {
  config.max_subscriptions_per_shard(2);
  venue_options.limits.subscriptions_per_connection = 2;
  start_live();
  EXPECT_EQ(manager->shard_count(), 2U);

  manager->subscribe(topics(4, 4));

  EXPECT_EQ(manager->shard_count(), 4U);
  ASSERT_TRUE(wait_for_subscriptions(7));
  EXPECT_THAT(venue->connections(), Each(Field(&venue::OpenConnection::subscriptions, Le(2U))));
  EXPECT_EQ(venue->counters().violations, 0U);
}

TEST_F(SubscribeTest, RefusesWhatHasNoRoomWhereGrowthIsOff) {
  config.max_subscriptions_per_shard(2).auto_rebalance(false);
  start_live();

  const auto results = manager->subscribe(topics(4, 2));

  EXPECT_EQ(results.at(0).status, SubscribeStatus::kPlaced);
  ASSERT_EQ(results.at(1).status, SubscribeStatus::kRefused);
  EXPECT_EQ(results.at(1).error->code, Errc::kNoRoom);
  EXPECT_EQ(manager->total_subscriptions(), 4U);
}

TEST_F(SubscribeTest, LogsOneLineForAllItemsThatAreRefusedForTheSameReason) {
  config.max_subscriptions_per_shard(2).auto_rebalance(false);
  start_live();

  manager->subscribe(topics(4, 6));

  EXPECT_EQ(logger->count("subscribe: "), 1U);
  EXPECT_EQ(logger->count("subscribe: 5 refused: no room"), 1U);
}

TEST_F(SubscribeTest, ClosesAShardThatHasNothingLeftToCarry) {
  config.max_subscriptions_per_shard(2);
  start_live();
  const ShardId emptied = *manager->subscription_shard("T0003");
  const auto carried = *manager->shard_subscriptions(emptied);

  manager->unsubscribe(carried);

  EXPECT_TRUE(eventually([&] { return manager->shard_count() == 1; }));
  EXPECT_TRUE(eventually([&] { return venue->counters().connections_closed == 1; }));
  EXPECT_EQ(manager->shard_subscriptions(emptied).error().code, Errc::kUnknownShard);
  EXPECT_TRUE(manager->wait_until_live(kPatience));
}

TEST_F(SubscribeTest, ComesBackAfterEverythingWasUnsubscribed) {
  start_live();
  manager->unsubscribe(initial);
  ASSERT_TRUE(eventually([&] { return venue->connections().empty(); }));

  manager->subscribe({"T0007"});

  EXPECT_TRUE(manager->wait_until_live(kPatience));
  EXPECT_TRUE(wait_for_subscriptions(1));
}

TEST_F(SubscribeTest, AShardKnowsWhatItCarries) {
  start_live();

  const auto carried = manager->shard_subscriptions(ShardId{0});

  ASSERT_TRUE(carried);
  EXPECT_THAT(*carried, UnorderedElementsAreArray(initial));
}

TEST_F(SubscribeTest, ASubscriptionIsDesiredUntilItIsRequested) {
  start_venue();
  before = [gate = gate](std::string_view hook, auto) {
    if (hook == "url") gate->pass();
  };
  make(venue->url());
  ASSERT_TRUE(manager->start());
  EXPECT_EQ(manager->subscription_status("T0001")->status, SubscriptionStatus::kDesired);
  EXPECT_FALSE(manager->subscription_status("T0009"));
  EXPECT_EQ(snapshot().requested_subscriptions, 0U);

  gate->open();

  ASSERT_TRUE(manager->wait_until_live(kPatience));
  const auto state = manager->subscription_status("T0001");
  EXPECT_EQ(state->status, SubscriptionStatus::kRequested);
  EXPECT_EQ(state->shard, ShardId{0});
  EXPECT_GE(state->since, Duration::zero());
  EXPECT_EQ(snapshot().requested_subscriptions, 3U);
}

TEST_F(SubscribeTest, CommandsOnAnUnknownShardAreErrors) {
  start_live();

  EXPECT_EQ(manager->shard_subscriptions(kUnknown).error().code, Errc::kUnknownShard);
  EXPECT_EQ(manager->reconnect_shard(kUnknown).error().code, Errc::kUnknownShard);
  EXPECT_EQ(manager->hot_switchover(kUnknown).error().code, Errc::kUnknownShard);
  EXPECT_EQ(manager->send(kUnknown, OutgoingMessage::text("x")).error().code, Errc::kUnknownShard);
}

TEST_F(SubscribeTest, SendReachesTheServerOfTheShardAndRefusesWhatIsNotUtf8) {
  start_live();

  EXPECT_TRUE(manager->send(ShardId{0}, OutgoingMessage::text("no request")));
  EXPECT_TRUE(eventually([&] { return venue->counters().requests_in_error == 1; }));
  EXPECT_EQ(manager->send(ShardId{0}, OutgoingMessage::text("\xff")).error().code,
            Errc::kInvalidUtf8);
}

class WaitUntilLiveTest : public ManagerFixture {
 protected:
  /// A manager whose server never answers the upgrade.
  void start_in_vain() {
    make(silent.url());
    ASSERT_TRUE(manager->start());
  }

  RawServer silent{[](RawConnection& connection) { connection.wait_until_closed(); }};
};

TEST_F(WaitUntilLiveTest, TimesOutWhileTheServerIsSilent) {
  start_in_vain();

  for (const Duration timeout : {Duration{20ms}, Duration::zero(), Duration{-1s}}) {
    EXPECT_EQ(manager->wait_until_live(timeout).error().code, Errc::kTimeout);
  }
}

TEST_F(WaitUntilLiveTest, TimesOutWhileTheIoThreadIsBusy) {
  before = [gate = gate](std::string_view hook, auto) {
    if (hook == "subscription_message") gate->pass();
  };
  start();
  ASSERT_TRUE(gate->wait_for_arrival());

  Result<void> live;
  EXPECT_LT(duration_of([&] { live = manager->wait_until_live(20ms); }), kPatience / 2);

  ASSERT_FALSE(live);
  EXPECT_EQ(live.error().code, Errc::kTimeout);
}

TEST_F(WaitUntilLiveTest, HasNothingToWaitForOnceAllIsLive) {
  start_live();

  // Without time to wait a busy machine may not let the I/O thread answer.
  EXPECT_TRUE(eventually([&] { return manager->wait_until_live(Duration::zero()).has_value(); }));
}

TEST_F(WaitUntilLiveTest, TakesTheLongestTimeThatThereIs) {
  start();

  EXPECT_TRUE(manager->wait_until_live(Duration::max()));
}

TEST_F(WaitUntilLiveTest, EndsWhenTheManagerIsStopped) {
  start_in_vain();
  auto waiting =
      std::async(std::launch::async, [&] { return manager->wait_until_live(kPatience); });

  ASSERT_TRUE(manager->stop(kPatience));

  ASSERT_EQ(waiting.wait_for(kPatience / 2), std::future_status::ready);
  EXPECT_EQ(waiting.get().error().code, Errc::kStopped);
}

TEST_F(WaitUntilLiveTest, AnswersEverybodyWhoWaits) {
  start_venue();
  before = [gate = gate](std::string_view hook, auto) {
    if (hook == "url") gate->pass();
  };
  make(venue->url());
  ASSERT_TRUE(manager->start());
  std::vector<std::future<Result<void>>> waiting;
  for (int i = 0; i < 4; ++i) {
    waiting.push_back(
        std::async(std::launch::async, [&] { return manager->wait_until_live(kPatience); }));
  }

  gate->open();

  for (auto& answer : waiting) EXPECT_TRUE(answer.get());
}

}  // namespace
}  // namespace wsm::testing
