// Make before break: a standby is opened, asked for everything, proven, and takes over.

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/core/shard/shard_switchover_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::ClientFrame;
using test::close_payload;
using test::server_close;
using test::server_text;
using test::World;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

using Outcome = SwitchoverOutcome;
using ShardSwitchoverTest = test::ShardSwitchoverFixture;

TEST_F(ShardSwitchoverTest, OpensASecondConnectionAndAsksItForEverythingOnce) {
  start({1, 2});
  const ConnectionId old = world->newest();

  EXPECT_TRUE(switch_over());

  EXPECT_NE(world->newest(), old);
  EXPECT_THAT(world->server().texts(), ElementsAre("sub 1,2"));
  EXPECT_THAT(world->connected(), SizeIs(2));
  EXPECT_EQ(serving(), old) << "until the new one has shown data";
  EXPECT_THAT(outcomes(), IsEmpty());
}

TEST_F(ShardSwitchoverTest, TheStandbyTakesOverWithItsFirstData) {
  start({1, 2});
  const ConnectionId old = world->newest();
  (void)switch_over();
  world->run_for(2s);

  send_data();

  EXPECT_THAT(outcomes(), ElementsAre(Outcome::kUnproven));
  EXPECT_EQ(world->events_of<event::SwitchoverFinished>()[0].duration, 2s);
  EXPECT_EQ(serving(), world->newest());
  EXPECT_THAT(world->server(old).frames(),
              Contains(ClientFrame{Opcode::kClose, close_payload(1000)}));
  EXPECT_THAT(world->connected(), SizeIs(1));
}

TEST_F(ShardSwitchoverTest, TellsTheEndOfTheOldConnectionAsReplaced) {
  start({1});
  const ConnectionId old = world->newest();
  (void)switch_over();
  send_data();

  ASSERT_THAT(world->disconnects, ElementsAre(Pair(old, ::testing::_)));
  EXPECT_EQ(world->disconnects[0].second.kind, DisconnectKind::kReplaced);
  EXPECT_THAT(world->errors, IsEmpty());
  EXPECT_EQ(world->core.metrics(world->now).counters.hot_switchovers, 1U);
  EXPECT_EQ(world->core.metrics(world->now).counters.hot_switchover_failures, 0U);
}

TEST_F(ShardSwitchoverTest, DeliversWhatTheOldConnectionStillSendsWhileItDrains) {
  make().behaviour.manners.answers_close = false;
  start({1});
  const ConnectionId old = world->newest();
  (void)switch_over();
  send_data();

  world->server(old).send(server_text("data in flight") + server_close(1000));
  world->pump();

  EXPECT_THAT(world->messages, Contains(Pair(old, "data in flight")));
}

TEST_F(ShardSwitchoverTest, HeartbeatsDoNotProveTheStandby) {
  start({1});
  (void)switch_over();

  world->server().send(server_text("heartbeat"));
  world->pump();

  EXPECT_THAT(outcomes(), IsEmpty());
}

TEST_F(ShardSwitchoverTest, DataBeforeEverythingIsRequestedDoesNotProveTheStandby) {
  start({1});
  reach(SwitchoverPhase::kSubscribing);

  send_data();

  EXPECT_THAT(outcomes(), IsEmpty());
}

TEST_F(ShardSwitchoverTest, TheStandbyTakesOverUnprovenWhenTheFeedIsQuietForTheProofTimeout) {
  start({1});
  (void)switch_over();

  world->run_for(10s - 1ns);
  EXPECT_THAT(outcomes(), IsEmpty());
  world->run_for(1ns);

  EXPECT_THAT(outcomes(), ElementsAre(Outcome::kUnproven));
  EXPECT_EQ(serving(), world->newest());
}

TEST_F(ShardSwitchoverTest, ADeafStandbyIsGivenUpWhenOnlyTheOldConnectionHasData) {
  start({1});
  const ConnectionId old = world->newest();
  (void)switch_over();
  world->server(old).send_data();
  world->pump();

  world->run_for(10s - 1ns);
  EXPECT_THAT(outcomes(), IsEmpty());
  world->run_for(1ns);

  EXPECT_THAT(outcomes(), ElementsAre(Outcome::kAbandoned));
  EXPECT_EQ(serving(), old);
  EXPECT_THAT(world->connected(), ElementsAre(old));
  EXPECT_EQ(world->core.metrics(world->now).counters.hot_switchover_failures, 1U);
}

TEST_F(ShardSwitchoverTest, AStandbyThatShowsDataAndClosesInOneReadDoesNotTakeOver) {
  start({1});
  const ConnectionId old = world->newest();
  (void)switch_over();

  world->server().send(server_text("data") + server_close(1001));
  world->pump();

  EXPECT_THAT(outcomes(), ElementsAre(Outcome::kAbandoned));
  EXPECT_EQ(serving(), old);
  EXPECT_EQ(world->shard().status, ShardStatus::kLive);
}

TEST_F(ShardSwitchoverTest, SubscriptionsThatComeOrGoMeanwhileReachBothConnections) {
  start({1, 2});
  const ConnectionId old = world->newest();
  (void)switch_over();

  world->unsubscribe(1);
  world->subscribe({3});

  EXPECT_THAT(world->server(old).texts(), ElementsAre("sub 1,2", "unsub 1", "sub 3"));
  EXPECT_THAT(world->server().texts(), ElementsAre("sub 1,2", "unsub 1", "sub 3"));
  EXPECT_THAT(world->forgotten, ElementsAre(SubscriptionId{1}));
}

TEST_F(ShardSwitchoverTest, ForgetsOnlyWhenBothConnectionsHaveBeenTold) {
  start({1, 2});
  const ConnectionId old = world->newest();
  (void)switch_over();
  world->behaviour.answers_render = false;
  world->unsubscribe(1);

  answer_render(world->newest(), "unsub 1");
  EXPECT_THAT(world->forgotten, IsEmpty());

  answer_render(old, "unsub 1");
  EXPECT_THAT(world->forgotten, ElementsAre(SubscriptionId{1}));
}

TEST_F(ShardSwitchoverTest, AStandbyThatOpensLaterIsAskedForWhatIsDesiredByThen) {
  start({1, 2});
  reach(SwitchoverPhase::kOpening);

  world->unsubscribe(1);
  world->subscribe({3});
  open_standby();

  EXPECT_THAT(world->server().texts(), ElementsAre("sub 2,3"));
}

TEST_F(ShardSwitchoverTest, CannotBeginTwiceNorWithoutAConnection) {
  start({1});
  (void)switch_over();
  EXPECT_EQ(switch_over().error().code, Errc::kAlreadySwitching);

  send_data();
  cut();
  EXPECT_EQ(switch_over().error().code, Errc::kNotConnected);
  EXPECT_EQ(world->core.hot_switchover(ShardId{9}, world->now).error().code, Errc::kUnknownShard);
}

TEST_F(ShardSwitchoverTest, CanBeginAgainWhileTheOldConnectionStillDrains) {
  make().behaviour.manners.answers_close = false;
  start({1});
  (void)switch_over();
  send_data();

  EXPECT_TRUE(switch_over());
  send_data();

  EXPECT_THAT(outcomes(), ElementsAre(Outcome::kUnproven, Outcome::kUnproven));
  EXPECT_THAT(world->connected(), SizeIs(3));
  world->run_for(5s);
  EXPECT_THAT(world->connected(), ElementsAre(world->newest()));
}

TEST_F(ShardSwitchoverTest, TheEndOfTheOldConnectionDoesNotTouchTheNewOne) {
  make().behaviour.manners.answers_close = false;
  start({1});
  const ConnectionId old = world->newest();
  (void)switch_over();
  send_data();

  world->server(old).cut();
  world->pump();

  EXPECT_EQ(world->shard().status, ShardStatus::kLive);
  EXPECT_THAT(world->connected(), ElementsAre(world->newest()));
  EXPECT_THAT(world->errors, IsEmpty());
}

TEST_F(ShardSwitchoverTest, AReplacementThatIsLostLaterIsReconnected) {
  start({1, 2});
  (void)switch_over();
  send_data();

  cut();
  world->run_for(100ms);

  EXPECT_EQ(world->shard().status, ShardStatus::kLive);
  EXPECT_THAT(world->server().texts(), ElementsAre("sub 1,2"));
}

TEST_F(ShardSwitchoverTest, ReconnectGivesUpTheStandbyToo) {
  start({1});
  (void)switch_over();

  (void)world->core.reconnect_shard(ShardId{0}, world->now);
  world->pump();

  EXPECT_THAT(outcomes(), ElementsAre(Outcome::kCancelled));
  EXPECT_EQ(world->core.metrics(world->now).counters.hot_switchover_failures, 0U);
  EXPECT_THAT(world->connected(), ElementsAre(world->newest()));
  EXPECT_EQ(world->newest().generation, Generation{3});
  EXPECT_EQ(world->shard().status, ShardStatus::kLive);
}

TEST_F(ShardSwitchoverTest, AnEmptyShardSwitchesWithoutProof) {
  config.auto_rebalance(false);
  start({1});
  world->unsubscribe(1);

  EXPECT_TRUE(switch_over());
  world->run_for(10s);

  EXPECT_THAT(outcomes(), ElementsAre(Outcome::kUnproven));
}

TEST_F(ShardSwitchoverTest, AFailedRequestDoesNotHastenTheRenewal) {
  config.proactive_reconnect_interval(15min);
  start({1});
  world->behaviour.on_dial = test::World::OnDial::kFail;
  (void)switch_over();
  ASSERT_THAT(outcomes(), ElementsAre(Outcome::kAbandoned));
  world->behaviour.on_dial = test::World::OnDial::kConnect;

  world->run_for(15min - 1ns);
  EXPECT_THAT(outcomes(), SizeIs(1));
  world->run_for(1ns);
  EXPECT_EQ(world->events_of<event::SwitchoverStarted>().back().trigger, SwitchoverTrigger::kAge);
}

TEST_F(ShardSwitchoverTest, AStandbyThatWasRefusedObeysRetryAfter) {
  config.proactive_reconnect_interval(15min);
  start({1});
  world->behaviour.manners.on_upgrade = test::ScriptedServer::OnUpgrade::kRefuse;
  world->behaviour.manners.refusal = "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3600\r\n\r\n";
  world->run_for(15min);
  ASSERT_THAT(outcomes(), ElementsAre(Outcome::kAbandoned));

  world->run_for(1h - 1ns);
  EXPECT_EQ(world->prepares.size(), 2U);
  world->run_for(1ns);
  EXPECT_EQ(world->prepares.size(), 3U);
}

}  // namespace
}  // namespace wsm
