// What the limits make of requests, reconnects and switchovers.

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/core/shard/shard_switchover_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using ShardLimitsTest = test::ShardSwitchoverFixture;

TEST_F(ShardLimitsTest, AsksWhatCameMeanwhileInOneRequest) {
  config.messages_per_window(2).window(10s);
  start({1});

  world->subscribe({2});
  world->subscribe({3});
  world->subscribe({4});
  world->unsubscribe(4);

  world->run_for(10s - 1ns);
  EXPECT_THAT(world->server().texts(), ElementsAre("sub 1"));
  world->run_for(1ns);
  EXPECT_THAT(world->server().texts(), ElementsAre("sub 1", "sub 2,3"));
  EXPECT_TRUE(world->core.is_live());
}

TEST_F(ShardLimitsTest, AMessageOfTheApplicationKeepsItsPlace) {
  config.messages_per_window(2).window(10s);
  start({1});
  ASSERT_TRUE(world->core.send(ShardId{0}, OutgoingMessage::text("hello")));
  world->subscribe({2});
  ASSERT_TRUE(world->core.send(ShardId{0}, OutgoingMessage::text("again")));
  world->pump();

  world->run_for(30s);

  EXPECT_THAT(world->server().texts(), ElementsAre("sub 1", "hello", "sub 2", "again"));
}

TEST_F(ShardLimitsTest, WaitsForAPermitToConnect) {
  config.connects_per_window(1).connect_window(10s);

  start({1, 2}, 1);

  EXPECT_THAT(world->connected(), SizeIs(1));
  EXPECT_EQ(world->shard(1).status, ShardStatus::kConnecting);
  world->run_for(10s - 1ns);
  EXPECT_THAT(world->connected(), SizeIs(1));
  world->run_for(1ns);
  EXPECT_THAT(world->connected(), SizeIs(2));
  EXPECT_TRUE(world->core.is_live());
}

TEST_F(ShardLimitsTest, ClosesWhileItWaitsForAPermit) {
  config.connects_per_window(1).connect_window(10s);
  start({1, 2}, 1);

  world->unsubscribe(2);
  world->run_for(20s);

  EXPECT_EQ(world->shard(1).status, ShardStatus::kClosed);
  EXPECT_THAT(world->prepares, SizeIs(1));
}

TEST_F(ShardLimitsTest, ReturnsThePermitOfAnAttemptThatWasNotDialed) {
  config.connects_per_window(1).connect_window(1h);
  make().behaviour.answers_prepare = false;
  start({1, 2}, 1);
  world->behaviour.answers_prepare = true;

  world->unsubscribe(1);
  world->run_for(0s);

  EXPECT_THAT(world->connected(), ElementsAre(ConnectionId{ShardId{1}, Generation{1}}));
}

/// The look-ups of two end at one instant: to the server that is when they connect.
TEST_F(ShardLimitsTest, CountsAConnectFromTheEndOfItsLookUp) {
  config.connects_per_window(2).connect_window(20s).connect_timeout(1h);
  make().behaviour.on_dial = test::World::OnDial::kUnresolved;
  start({1, 2, 3}, 1);
  ASSERT_THAT(world->prepares, SizeIs(2));

  world->run_for(5s);
  for (const ShardId::rep shard : {0U, 1U}) {
    world->core.handle_connecting({ShardId{shard}, Generation{1}}, world->now);
  }
  world->run_for(20s - 1ns);
  EXPECT_THAT(world->prepares, SizeIs(2));

  world->run_for(1ns);
  EXPECT_THAT(world->prepares, SizeIs(3));
}

TEST_F(ShardLimitsTest, ReturnsThePermitOfALookUpThatFailed) {
  config.connects_per_window(1).connect_window(1h);
  make().behaviour.on_dial = test::World::OnDial::kUnresolved;
  start({1, 2}, 1);
  world->behaviour.on_dial = test::World::OnDial::kConnect;

  world->core.handle_transport_ended({ShardId{0}, Generation{1}},
                                     {.kind = DisconnectKind::kResolveFailed}, world->now);
  world->run_for(0s);

  EXPECT_THAT(world->connected(), ElementsAre(ConnectionId{ShardId{1}, Generation{1}}));
}

TEST_F(ShardLimitsTest, RefusesWhatWouldHaveNoConnectionToHopeFor) {
  config.max_connections(1);
  make();
  const std::vector<SubscriptionId> two{SubscriptionId{1}, SubscriptionId{2}};
  EXPECT_EQ(world->core.start(two, 1, world->now).error().code, Errc::kConnectionLimit);

  start({1}, 1);
  const auto refused = world->subscribe(SubscriptionId{2});

  EXPECT_EQ(refused.status, SubscribeStatus::kRefused);
  EXPECT_EQ(refused.error->code, Errc::kConnectionLimit);
}

TEST_F(ShardLimitsTest, RefusesASwitchoverWithoutAConnectionForIt) {
  config.max_connections(1);
  start({1});

  const auto begun = switch_over();

  ASSERT_FALSE(begun);
  EXPECT_EQ(begun.error().code, Errc::kConnectionLimit);
  EXPECT_THAT(world->events_of<event::SwitchoverStarted>(), IsEmpty());
}

TEST_F(ShardLimitsTest, BeginsASwitchoverWhenThereIsAPermit) {
  config.connects_per_window(1).connect_window(10s);
  start({1});

  ASSERT_TRUE(switch_over());
  EXPECT_EQ(switch_over().error().code, Errc::kAlreadySwitching);
  world->run_for(10s - 1ns);
  EXPECT_THAT(world->events_of<event::SwitchoverStarted>(), IsEmpty());

  world->run_for(1ns);
  EXPECT_THAT(world->events_of<event::SwitchoverStarted>(), SizeIs(1));
  send_data();
  EXPECT_THAT(outcomes(), ElementsAre(SwitchoverOutcome::kUnproven));
}

TEST_F(ShardLimitsTest, ALostConnectionComesBeforeASwitchoverThatWaits) {
  config.connects_per_window(1).connect_window(10s);
  start({1});
  ASSERT_TRUE(switch_over());

  cut();
  world->run_for(10s);

  EXPECT_THAT(world->events_of<event::SwitchoverStarted>(), IsEmpty());
  EXPECT_TRUE(world->core.is_live());
}

TEST_F(ShardLimitsTest, GoesOnServingWhenARenewalHasNoConnection) {
  config.max_connections(1).proactive_reconnect_interval(1min);
  start({1});

  world->run_for(1h);

  EXPECT_THAT(world->prepares, SizeIs(1));
  EXPECT_TRUE(world->core.is_live());
}

TEST_F(ShardLimitsTest, RenewsWhenAConnectionHasBecomeFree) {
  config.max_connections(2).proactive_reconnect_interval(1min);
  start({1, 2}, 1);
  world->run_for(5min);
  ASSERT_THAT(world->prepares, SizeIs(2));

  world->unsubscribe(2);
  world->run_for(30s);

  EXPECT_THAT(world->events_of<event::SwitchoverStarted>(), SizeIs(1));
}

// One request in ten seconds: the last of the ten would not be asked for before the renewal.
TEST_F(ShardLimitsTest, BreaksForARenewalOnlyWhenEverythingHasBeenAskedFor) {
  config.messages_per_window(2).window(10s).subscriptions_per_message(1);
  config.hot_switchover(false).proactive_reconnect_interval(1min);
  start({1, 2, 3, 4, 5, 6, 7, 8, 9, 10});

  world->run_for(89s);
  EXPECT_THAT(world->prepares, SizeIs(1));
  world->run_for(1s);
  EXPECT_THAT(world->server().texts(), Contains("sub 10"));
  world->run_for(30s);

  EXPECT_THAT(world->prepares, SizeIs(2));
}

TEST_F(ShardLimitsTest, ReplacesASilentConnectionWithAGapWhenThereIsNoOther) {
  config.max_connections(1).data_timeout(5s);
  start({1});

  world->run_for(6s);

  EXPECT_THAT(world->events_of<event::SwitchoverStarted>(), IsEmpty());
  EXPECT_THAT(world->prepares, SizeIs(2));
  EXPECT_EQ(world->core.metrics(world->now).counters.health_failures, 1U);
}

}  // namespace
}  // namespace wsm
