// Lost connections: when the next attempt comes, and what it is asked for.

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/world_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::ScriptedServer;
using test::server_close;
using test::World;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ShardRecoveryTest : public test::WorldFixture {
 protected:
  ShardStatus status() const { return world->shard().status; }
  std::size_t attempts() const { return world->prepares.size(); }

  /// The next attempt comes `delay` from now and not a nanosecond before.
  void expect_attempt_after(Duration delay) {
    const std::size_t before = attempts();
    world->run_for(delay - 1ns);
    EXPECT_EQ(attempts(), before) << "too early";
    world->run_for(1ns);
    EXPECT_EQ(attempts(), before + 1);
  }

  void refuse_with(std::string response) {
    world->behaviour.manners.on_upgrade = ScriptedServer::OnUpgrade::kRefuse;
    world->behaviour.manners.refusal = std::move(response);
  }
};

TEST_F(ShardRecoveryTest, ConnectsAndAsksForEverythingOnce) {
  start({3, 1, 2});

  EXPECT_EQ(status(), ShardStatus::kLive);
  EXPECT_THAT(world->server().texts(), ElementsAre("sub 1,2,3"));
  EXPECT_TRUE(world->core.is_live());
  EXPECT_THAT(world->events_of<event::Connected>(), SizeIs(1));
}

TEST_F(ShardRecoveryTest, SendsTheGreetingBeforeTheRequests) {
  make().behaviour.greeting = {OutgoingMessage::text("login")};

  start({1});

  EXPECT_THAT(world->server().texts(), ElementsAre("login", "sub 1"));
}

TEST_F(ShardRecoveryTest, AsksForEachOnceAfterAReconnect) {
  start({1, 2, 3});

  cut();
  EXPECT_EQ(status(), ShardStatus::kBackingOff);
  EXPECT_FALSE(world->core.is_live());
  expect_attempt_after(100ms);

  EXPECT_THAT(world->server().texts(), ElementsAre("sub 1,2,3"));
  EXPECT_TRUE(world->core.is_live());
}

TEST_F(ShardRecoveryTest, AsksForWhatIsDesiredByThen) {
  start({1, 2});
  cut();

  world->subscribe({3});
  world->unsubscribe(1);
  world->run_for(100ms);

  EXPECT_THAT(world->server().texts(), ElementsAre("sub 2,3"));
}

TEST_F(ShardRecoveryTest, AsksOnceForWhatComesWhileItConnects) {
  make().behaviour.answers_prepare = false;
  start({1, 2});

  world->subscribe({3});
  world->unsubscribe(2);
  world->core.handle_prepared(world->newest(), Preparation{.url = "ws://venue.test/"}, world->now);
  world->pump();

  EXPECT_THAT(world->server().texts(), ElementsAre("sub 1,3"));
}

TEST_F(ShardRecoveryTest, BacksOffLongerAfterEachFailureInARow) {
  make().behaviour.on_dial = World::OnDial::kFail;
  start({1});

  for (const Duration delay : {100ms, 200ms, 400ms, 800ms}) expect_attempt_after(delay);

  EXPECT_EQ(world->shard().attempt, 5U);
  EXPECT_EQ(world->events_of<event::ReconnectScheduled>().back().delay, 1600ms);
}

TEST_F(ShardRecoveryTest, TellsEachAttemptHowManyFailuresCameBeforeIt) {
  make().behaviour.on_dial = World::OnDial::kFail;
  start({1});
  world->run_for(300ms);

  std::vector<std::uint32_t> attempts_told;
  for (const auto& event : world->events_of<event::Connecting>()) {
    attempts_told.push_back(event.attempt);
  }
  EXPECT_THAT(attempts_told, ElementsAre(0, 1, 2));
}

TEST_F(ShardRecoveryTest, BacksOffFromAServerThatAcceptsAndCloses) {
  config.circuit_breaker_threshold(100);  // The attempts fail before they count as open.
  make().behaviour.manners.behind_upgrade = server_close(1000);
  start({1});

  world->run_for(10s);

  // 100 ms, 200 ms … 6.4 s: seven attempts behind the first in 12.7 s.
  EXPECT_EQ(attempts(), 7U);
}

TEST_F(ShardRecoveryTest, BacksOffFromAServerThatClosesSoonAfterItHasOpened) {
  start({1});

  for (const Duration delay : {100ms, 200ms, 400ms}) {
    world->run_for(10s - 1ns);
    cut();
    expect_attempt_after(delay);
  }
}

TEST_F(ShardRecoveryTest, ForgetsFailuresAtTheInstantAtWhichTheConnectionIsStable) {
  start({1});
  cut();
  world->run_for(100ms);
  EXPECT_EQ(world->shard().attempt, 1U);

  world->run_for(10s - 1ns);
  EXPECT_EQ(world->shard().attempt, 1U);
  world->run_for(1ns);
  EXPECT_EQ(world->shard().attempt, 0U);
  cut();

  expect_attempt_after(100ms);
}

TEST_F(ShardRecoveryTest, ForgetsFailuresWhenTheConnectionIsLostAtThatInstant) {
  start({1});
  cut();
  world->run_for(100ms);

  world->now += 10s;
  cut();

  expect_attempt_after(100ms);
}

TEST_F(ShardRecoveryTest, TheClockOfAReplacedConnectionDoesNotForgetFailures) {
  start({1});
  cut();
  world->run_for(100ms + 9s);

  world->behaviour.answers_prepare = false;
  (void)world->core.reconnect_shard(ShardId{0}, world->now);
  world->run_for(5s);

  EXPECT_EQ(world->shard().attempt, 1U);
}

TEST_F(ShardRecoveryTest, ObeysRetryAfter) {
  make();
  refuse_with("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 120\r\n\r\n");
  start({1});

  EXPECT_EQ(world->errors.back().second.retry_after, 120s);
  expect_attempt_after(123s);  // With a jitter of a tenth of max_delay.
}

TEST_F(ShardRecoveryTest, GoesSlowAfterARefusalThatWouldStayTheSame) {
  make();
  refuse_with("HTTP/1.1 403 Forbidden\r\n\r\n");
  start({1});

  expect_attempt_after(30s);
}

TEST_F(ShardRecoveryTest, GoesSlowAfterACloseCodeThatAsksForPatience) {
  start({1});

  world->server().close(1013, "try again later");
  world->pump();

  EXPECT_EQ(world->shard().last_close_code, 1013);
  expect_attempt_after(30s);
}

TEST_F(ShardRecoveryTest, GoesSlowAfterAProtocolError) {
  start({1});

  world->server().send("\xff");
  world->pump();

  EXPECT_EQ(world->errors.back().second.kind, DisconnectKind::kProtocolError);
  expect_attempt_after(30s);
}

TEST_F(ShardRecoveryTest, ConnectsAgainWhileTheOldConnectionStillLingers) {
  make().behaviour.manners.answers_close = false;
  start({1});

  world->server().close(1001);
  world->pump();
  expect_attempt_after(100ms);

  EXPECT_EQ(status(), ShardStatus::kLive);
  EXPECT_THAT(world->connected(), SizeIs(2));
  world->run_for(1s);
  EXPECT_THAT(world->connected(), SizeIs(1));
}

TEST_F(ShardRecoveryTest, TimesOutAnAttemptAtTheInstantAndNotBefore) {
  make().behaviour.manners.on_upgrade = ScriptedServer::OnUpgrade::kIgnore;
  start({1});

  world->run_for(10s - 1ns);
  EXPECT_EQ(status(), ShardStatus::kConnecting);
  world->run_for(1ns);

  EXPECT_EQ(status(), ShardStatus::kBackingOff);
  EXPECT_EQ(world->errors.back().second.kind, DisconnectKind::kConnectTimeout);
  EXPECT_THAT(world->connected(), IsEmpty());
}

TEST_F(ShardRecoveryTest, ReconnectsWhenPongsStayOut) {
  config.ping_interval(20s).pong_timeout(10s).failure_threshold(1);
  make().behaviour.manners.answers_pings = false;
  start({1});

  world->run_for(30s);

  EXPECT_EQ(status(), ShardStatus::kBackingOff);
  const auto failures = world->events_of<event::HealthFailed>();
  ASSERT_THAT(failures, SizeIs(1));
  EXPECT_EQ(failures[0].kind, DisconnectKind::kPongTimeout);
  EXPECT_EQ(failures[0].silence, 30s);
  EXPECT_EQ(world->core.metrics(world->now).counters.health_failures, 1U);
}

TEST_F(ShardRecoveryTest, StaysWhenPongsCome) {
  config.ping_interval(20s).pong_timeout(10s).failure_threshold(1);
  start({1});

  world->run_for(1h);

  EXPECT_EQ(attempts(), 1U);
  EXPECT_EQ(world->core.metrics(world->now).counters.pongs_received, 180U);
}

TEST_F(ShardRecoveryTest, ReconnectsWithAGapWhenDataStopsAndSwitchingIsOff) {
  config.data_timeout(30s).hot_switchover(false);
  start({1});

  world->run_for(30s - 1ns);
  EXPECT_EQ(status(), ShardStatus::kLive);
  world->run_for(1ns);

  EXPECT_EQ(status(), ShardStatus::kBackingOff);
  EXPECT_EQ(world->errors.back().second.kind, DisconnectKind::kDataTimeout);
  EXPECT_EQ(world->events_of<event::HealthFailed>().back().silence, 30s);
  expect_attempt_after(100ms);
  EXPECT_EQ(world->disconnects.back().second.kind, DisconnectKind::kDataTimeout);
}

TEST_F(ShardRecoveryTest, LateAnswersForADeadConnectionDoNothing) {
  make().behaviour.answers_prepare = false;
  start({1});
  const ConnectionId dead = world->newest();
  world->run_for(10s + 100ms);
  const std::size_t events = world->events.size();

  world->core.handle_prepared(dead, Preparation{.url = "ws://late.test/"}, world->now);
  world->core.handle_dialed(dead, world->now);
  world->core.handle_greeted(dead, std::vector<OutgoingMessage>{}, world->now);
  world->core.handle_rendered(dead, std::optional<OutgoingMessage>{}, world->now);
  world->core.handle_received(dead, world->now);
  world->core.handle_transport_ended(dead, {}, world->now);
  world->pump();

  EXPECT_EQ(world->events.size(), events);
  EXPECT_EQ(status(), ShardStatus::kConnecting);
  EXPECT_THAT(world->connected(), IsEmpty());
  EXPECT_EQ(world->core.connection(dead), nullptr);
}

TEST_F(ShardRecoveryTest, NeverUsesAGenerationTwice) {
  start({1});

  for (Generation::rep generation = 1; generation < 20; ++generation) {
    EXPECT_EQ(world->newest().generation, Generation{generation});
    cut();
    world->run_for(30s);
  }
}

TEST_F(ShardRecoveryTest, TellsTheEndOnlyOfWhatHadBeenOpen) {
  make().behaviour.on_dial = World::OnDial::kFail;
  start({1});
  EXPECT_THAT(world->disconnects, IsEmpty());
  EXPECT_FALSE(world->events_of<event::Disconnected>().back().was_open);

  world->behaviour.on_dial = World::OnDial::kConnect;
  world->run_for(1s);
  cut();

  EXPECT_THAT(world->disconnects, SizeIs(1));
  EXPECT_TRUE(world->events_of<event::Disconnected>().back().was_open);
}

TEST_F(ShardRecoveryTest, CountsConnectionsAndErrors) {
  start({1});
  cut();
  world->run_for(1s);
  cut();
  world->run_for(1s);

  const Counters counters = world->core.metrics(world->now).counters;
  EXPECT_EQ(counters.connections, 3U);
  EXPECT_EQ(counters.reconnections, 2U);
  EXPECT_EQ(counters.errors, 2U);
}

}  // namespace
}  // namespace wsm
