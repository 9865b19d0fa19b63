// The numbers of shards and their supervisor: the real machines, and a server in memory.

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/world_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::server_text;
using rep = Generation::rep;

class ShardMetricsTest : public test::WorldFixture {
 protected:
  /// Messages of the server: "data 3", "no 3".
  void begin(std::initializer_list<SubscriptionId::rep> ids, std::size_t capacity = 500) {
    make().behaviour.manners.is_strict = false;
    world->behaviour.inspect = [](std::string_view text) -> Inspected {
      const SubscriptionId id{static_cast<SubscriptionId::rep>(text.back() - '0')};
      return {.role = text.starts_with("data") ? MessageRole::kData : MessageRole::kRejection,
              .subscription = id};
    };
    start(ids, capacity);
  }
  void say(std::string_view text, ShardId::rep shard = 0) {
    world->server(shard).send(server_text(text));
    world->pump();
  }
  MetricsSnapshot metrics() const { return world->core.metrics(world->now); }
};

TEST_F(ShardMetricsTest, CountsSubscriptionsByStatus) {
  config.subscription_timeout(30s);
  begin({1, 2, 3});
  EXPECT_EQ(metrics().subscriptions, (SubscriptionCounts{.requested = 3}));

  say("data 1");
  say("no 2");
  EXPECT_EQ(metrics().subscriptions,
            (SubscriptionCounts{.requested = 1, .live = 1, .rejected = 1}));

  cut();
  EXPECT_EQ(metrics().subscriptions, (SubscriptionCounts{.desired = 2, .rejected = 1}));
}

TEST_F(ShardMetricsTest, CountsWhatIsStale) {
  config.subscription_timeout(30s).data_timeout(std::nullopt);
  begin({1});
  say("data 1");

  world->run_for(30s);

  EXPECT_EQ(metrics().counters.stalls, 1U);
  EXPECT_EQ(metrics().subscriptions.live + metrics().subscriptions.desired, 0U);
}

TEST_F(ShardMetricsTest, DoesNotCountWhatTheServerHasNotBeenToldTheEndOf) {
  begin({1, 2});
  say("data 1");
  world->behaviour.answers_render = false;

  world->unsubscribe(1);

  EXPECT_EQ(metrics().subscriptions, (SubscriptionCounts{.requested = 1}));
}

TEST_F(ShardMetricsTest, AfterTheEndEverythingIsOnlyDesired) {
  begin({1, 2});
  say("data 1");

  world->stop(1s);
  world->run_for(1s);

  EXPECT_EQ(metrics().subscriptions, (SubscriptionCounts{.desired = 2}));
}

TEST_F(ShardMetricsTest, MeasuresTheTimeToLiveFromTheWish) {
  begin({1});
  world->run_for(3s);
  say("data 1");
  say("data 1");

  EXPECT_EQ(metrics().time_to_live.count, 1U);
  EXPECT_EQ(metrics().time_to_live.sum, 3s);
}

TEST_F(ShardMetricsTest, MeasuresTheTimeToLiveFromTheLossOfTheConnection) {
  begin({1, 2});
  say("data 1");
  say("data 2");
  cut();
  world->run_for(5s);

  say("data 2");

  EXPECT_EQ(metrics().time_to_live.count, 3U);
  EXPECT_EQ(metrics().time_to_live.max, 5s);
}

TEST_F(ShardMetricsTest, MeasuresNoTimeToLiveOfWhatWasRefusedOrEnded) {
  begin({1, 2});
  say("no 1");
  world->unsubscribe(2);
  world->run_for(5s);
  world->subscribe({2});
  say("data 2");

  EXPECT_EQ(metrics().time_to_live.count, 1U);
  EXPECT_EQ(metrics().time_to_live.max, 0s);
}

TEST_F(ShardMetricsTest, MeasuresConnectsAndPings) {
  config.ping_interval(20s);
  begin({1});

  world->run_for(45s);

  EXPECT_EQ(metrics().time_to_connect.count, 1U);
  EXPECT_EQ(metrics().ping_round_trip.count, metrics().counters.pongs_received);
  EXPECT_EQ(metrics().ping_round_trip.count, 2U);
}

TEST_F(ShardMetricsTest, MeasuresSwitchovers) {
  begin({1});
  say("data 1");
  ASSERT_TRUE(world->core.hot_switchover(ShardId{0}, world->now));
  world->pump();
  world->run_for(2s);

  // Three different messages on both prove it.
  for (const rep generation : {2U, 1U}) {
    for (const char* text : {"data a 1", "data b 1", "data c 1"}) {
      world->server({ShardId{0}, Generation{generation}}).send(server_text(text));
      world->pump();
    }
  }

  EXPECT_EQ(metrics().switchover_duration.count, 1U);
  EXPECT_EQ(metrics().switchover_duration.max, 2s);
  EXPECT_EQ(metrics().switchover_proving.max, 2s);
  EXPECT_EQ(metrics().switchover_opening.count, 1U);
  EXPECT_EQ(metrics().switchover_subscribing.max, 0s);
  EXPECT_EQ(metrics().switchover_draining.count, 1U);
  EXPECT_EQ(metrics().counters.switchover_subscriptions_proven, 1U);
  EXPECT_EQ(metrics().counters.switchover_subscriptions_unproven, 0U);
  EXPECT_EQ(metrics().subscriptions, (SubscriptionCounts{.live = 1}));
}

TEST_F(ShardMetricsTest, KnowsTheRateOfLate) {
  begin({1});
  for (int second = 0; second < 60; ++second) {
    for (int i = 0; i < 10; ++i) say("data 1");
    world->run_for(1s);
  }

  EXPECT_NEAR(metrics().shards.at(0).messages_per_second, 10, 1);
  EXPECT_NEAR(metrics().shards.at(0).bytes_per_second, 60, 6);
  EXPECT_EQ(metrics().shards.at(0).bytes_received, 3600U);
}

}  // namespace
}  // namespace wsm
