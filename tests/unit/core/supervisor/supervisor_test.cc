// The rest of the supervisor: pauses, sending, states of subscriptions, numbers.

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/world_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::World;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SupervisorTest : public test::WorldFixture {
 protected:
  SubscriptionState state_of(SubscriptionId::rep id) const {
    return world->core.subscription_state(SubscriptionId{id}, world->now).value();
  }
};

TEST_F(SupervisorTest, IsReadyAtFirst) {
  make();

  EXPECT_EQ(world->core.status(), SupervisorStatus::kReady);
  EXPECT_EQ(world->core.next_deadline(), std::nullopt);
  EXPECT_FALSE(world->core.is_live());
}

TEST_F(SupervisorTest, IsLiveWhenEverythingHasBeenRequested) {
  make().behaviour.answers_render = false;
  start({1});
  EXPECT_FALSE(world->core.is_live());

  answer_render(world->newest(), "sub 1");

  EXPECT_TRUE(world->core.is_live());
}

TEST_F(SupervisorTest, IsNotLiveWhileOneShardIsNot) {
  start({1, 2}, 1);
  EXPECT_TRUE(world->core.is_live());

  cut(1);

  EXPECT_FALSE(world->core.is_live());
}

TEST_F(SupervisorTest, KnowsHowLongEachSubscriptionHasBeenRequested) {
  make().behaviour.answers_prepare = false;
  start({1});
  world->run_for(3s);
  EXPECT_EQ(state_of(1).status, SubscriptionStatus::kDesired);
  EXPECT_EQ(state_of(1).since, 3s);

  world->core.handle_prepared(world->newest(), Preparation{.url = "ws://venue.test/"}, world->now);
  world->pump();
  world->run_for(5s);

  EXPECT_EQ(state_of(1).status, SubscriptionStatus::kRequested);
  EXPECT_EQ(state_of(1).since, 5s);
  EXPECT_EQ(state_of(1).shard, ShardId{0});
  EXPECT_EQ(world->core.subscription_state(SubscriptionId{2}, world->now), std::nullopt);
}

TEST_F(SupervisorTest, KnowsHowLongASubscriptionHasBeenWithoutItsConnection) {
  start({1});
  world->run_for(1h);
  world->behaviour.on_dial = World::OnDial::kFail;
  cut();

  world->run_for(7s);

  EXPECT_EQ(state_of(1).status, SubscriptionStatus::kDesired);
  EXPECT_EQ(state_of(1).since, 7s) << "failed attempts do not count anew";
}

TEST_F(SupervisorTest, KnowsThatASubscriptionIsNewerThanTheOutage) {
  start({1});
  world->behaviour.on_dial = World::OnDial::kFail;
  cut();
  world->run_for(7s);

  world->subscribe({2});
  world->run_for(1s);

  EXPECT_EQ(state_of(2).since, 1s);
}

TEST_F(SupervisorTest, SendsOnTheConnectionThatServes) {
  start({1});

  EXPECT_TRUE(world->core.send(ShardId{0}, OutgoingMessage::text("hello")));
  world->pump();

  EXPECT_THAT(world->server().texts(), ElementsAre("sub 1", "hello"));
}

TEST_F(SupervisorTest, SendsOnOneConnectionOnly) {
  start({1});
  const ConnectionId old = world->newest();
  cut();
  world->run_for(100ms);

  EXPECT_EQ(world->core.send(old, OutgoingMessage::text("x")).error().code, Errc::kNotConnected);
  EXPECT_TRUE(world->core.send(world->newest(), OutgoingMessage::text("y")));
  world->pump();

  EXPECT_THAT(world->server().texts(), ElementsAre("sub 1", "y"));
}

TEST_F(SupervisorTest, CannotSendWithoutAConnection) {
  start({1});
  cut();

  EXPECT_EQ(world->core.send(ShardId{0}, OutgoingMessage::text("x")).error().code,
            Errc::kNotConnected);
}

TEST_F(SupervisorTest, NamesEachConnectionWithSomethingToTransmitOnce) {
  start({1, 2}, 1);
  (void)world->core.send(ShardId{0}, OutgoingMessage::text("a"));
  (void)world->core.send(ShardId{0}, OutgoingMessage::text("b"));

  EXPECT_EQ(world->core.poll_transmit(world->now), world->newest(0));
  EXPECT_EQ(world->core.poll_transmit(world->now), std::nullopt);
}

TEST_F(SupervisorTest, JudgesNoSilenceInAPauseAndReadsOnAfterwards) {
  config.data_timeout(30s).ping_interval(20s).pong_timeout(10s).failure_threshold(1);
  start({1});

  world->pause();
  send_data();
  world->run_for(1h);
  EXPECT_EQ(world->prepares.size(), 1U);
  EXPECT_THAT(world->messages, IsEmpty());

  world->resume();
  EXPECT_THAT(world->messages, SizeIs(1));
  world->run_for(30s);
  EXPECT_EQ(world->events_of<event::SwitchoverStarted>().size(), 1U);
}

TEST_F(SupervisorTest, AShardThatIsOpenedInAPauseIsPaused) {
  start({});
  world->pause();

  world->subscribe({1});
  world->run_for(1h);
  EXPECT_EQ(world->prepares.size(), 1U);
  EXPECT_TRUE(world->core.is_live()) << "the answer to the upgrade is read all the same";
  send_data();
  world->pump();
  EXPECT_THAT(world->messages, IsEmpty());

  world->resume();
  EXPECT_THAT(world->messages, SizeIs(1));
}

TEST_F(SupervisorTest, AReconnectInAPauseIsPaused) {
  start({1});
  world->pause();

  (void)world->core.reconnect_shard(ShardId{0}, world->now);
  world->pump();
  world->run_for(1h);

  EXPECT_EQ(world->prepares.size(), 2U);
  world->resume();
  EXPECT_TRUE(world->core.is_live());
}

TEST_F(SupervisorTest, CountsWhatAllItsConnectionsHaveCarried) {
  start({1, 2}, 1);
  send_data(0);
  send_data(1);
  cut(1);
  world->run_for(1s);
  send_data(1);

  const Counters counters = world->core.metrics(world->now).counters;
  EXPECT_EQ(counters.messages_received, 3U);
  EXPECT_EQ(counters.bytes_received, 12U);
  EXPECT_EQ(counters.messages_sent, 3U);
  EXPECT_EQ(counters.bytes_sent, 3U * std::string{"sub 1"}.size());
}

TEST_F(SupervisorTest, KeepsTheNumbersOfAShardThatIsOver) {
  start({1, 2}, 1);
  send_data(1);

  world->unsubscribe(2);

  const MetricsSnapshot metrics = world->core.metrics(world->now);
  EXPECT_EQ(metrics.counters.messages_received, 1U);
  EXPECT_THAT(metrics.shards, SizeIs(1));
}

TEST_F(SupervisorTest, MeasuresItsShards) {
  start({1, 2, 3}, 2);
  send_data(0);
  world->run_for(5s);
  cut(1);

  const MetricsSnapshot metrics = world->core.metrics(world->now);
  EXPECT_EQ(metrics.active_connections, 1U);
  EXPECT_EQ(metrics.total_subscriptions, 3U);
  EXPECT_EQ(metrics.requested_subscriptions, 2U);
  ASSERT_THAT(metrics.shards, SizeIs(2));
  EXPECT_TRUE(metrics.shards[0].is_connected);
  EXPECT_EQ(metrics.shards[0].uptime, 5s);
  EXPECT_EQ(metrics.shards[0].since_last_message, 5s);
  EXPECT_EQ(metrics.shards[0].messages_received, 1U);
  EXPECT_EQ(metrics.shards[0].subscriptions, 2U);
  EXPECT_FALSE(metrics.shards[1].is_connected);
  EXPECT_EQ(metrics.shards[1].uptime, std::nullopt);
  EXPECT_EQ(metrics.shards[1].attempt, 1U);
}

TEST_F(SupervisorTest, CountsAStandbyAmongTheActiveConnections) {
  start({1});
  (void)world->core.hot_switchover(ShardId{0}, world->now);
  world->pump();

  EXPECT_EQ(world->core.metrics(world->now).active_connections, 2U);
  EXPECT_EQ(world->core.metrics(world->now).requested_subscriptions, 1U);
}

TEST_F(SupervisorTest, SpreadsTheRenewalsOfItsShards) {
  config.proactive_reconnect_interval(15min);
  SeededRng seeded{3};
  world.emplace(config.build().value(), seeded);
  start({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 1);

  world->run_for(3min - 1ns);
  EXPECT_THAT(world->events_of<event::SwitchoverStarted>(), IsEmpty());
  std::size_t most_in_a_second = 0;
  for (int second = 0; second <= 720; ++second) {
    const std::size_t before = world->events_of<event::SwitchoverStarted>().size();
    world->run_for(1s);
    const std::size_t begun = world->events_of<event::SwitchoverStarted>().size() - before;
    most_in_a_second = std::max(most_in_a_second, begun);
  }

  EXPECT_THAT(world->events_of<event::SwitchoverStarted>(), SizeIs(10));
  EXPECT_EQ(most_in_a_second, 1U);
}

TEST_F(SupervisorTest, OneShardInTroubleDoesNotTouchTheOthers) {
  start({1, 2}, 1);
  world->behaviour.on_dial = World::OnDial::kFail;

  cut(1);
  world->run_for(1h);

  EXPECT_EQ(world->shard(0).status, ShardStatus::kLive);
  EXPECT_EQ(world->newest(0).generation, Generation{1});
  EXPECT_EQ(world->shard(1).status, ShardStatus::kSuspended);
}

TEST_F(SupervisorTest, HasAWordForEachStatus) {
  EXPECT_EQ(to_string(SupervisorStatus::kReady), "ready");
  EXPECT_EQ(to_string(SupervisorStatus::kRunning), "running");
  EXPECT_EQ(to_string(SupervisorStatus::kStopping), "stopping");
  EXPECT_EQ(to_string(SupervisorStatus::kStopped), "stopped");
}

}  // namespace
}  // namespace wsm
