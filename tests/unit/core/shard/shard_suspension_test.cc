// Failures without end, what on_error says to them, and reconnect_shard().

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/world_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::ClientFrame;
using test::close_payload;
using test::World;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ShardSuspensionTest : public test::WorldFixture {
 protected:
  ShardStatus status() const { return world->shard().status; }
  std::size_t attempts() const { return world->prepares.size(); }

  /// Starts where no dial succeeds.
  void start_in_an_outage() {
    make().behaviour.on_dial = World::OnDial::kFail;
    start({1, 2});
  }
  void end_outage() { world->behaviour.on_dial = World::OnDial::kConnect; }

  /// What on_error says about the newest connection.
  void answer(ErrorAnswer answer) {
    world->core.handle_error_answer(world->newest(), answer, world->now);
    world->pump();
  }

  Result<void> reconnect() {
    auto result = world->core.reconnect_shard(ShardId{0}, world->now);
    world->pump();
    return result;
  }
};

TEST_F(ShardSuspensionTest, IsSuspendedAfterAsManyFailuresAsAllowed) {
  config.max_connect_attempts(3);
  start_in_an_outage();

  world->run_for(100ms);
  EXPECT_EQ(status(), ShardStatus::kBackingOff);
  world->run_for(200ms);

  EXPECT_EQ(status(), ShardStatus::kSuspended);
  const auto told = world->events_of<event::ShardSuspended>();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].failures, 3U);
  EXPECT_TRUE(told[0].is_probed);
}

TEST_F(ShardSuspensionTest, IsSuspendedByTheFirstFailureIfOnlyOneIsAllowed) {
  config.max_connect_attempts(1);
  start({1});

  cut();

  EXPECT_EQ(status(), ShardStatus::kSuspended);
}

TEST_F(ShardSuspensionTest, IsProbedForEverAtTheLongestDelay) {
  config.max_connect_attempts(1);
  start_in_an_outage();

  world->run_for(100h);

  EXPECT_EQ(attempts(), 1U + 100 * 120);
  EXPECT_EQ(status(), ShardStatus::kSuspended);
  EXPECT_THAT(world->events_of<event::ShardSuspended>(), SizeIs(1)) << "told once";
}

TEST_F(ShardSuspensionTest, ComesBackByItselfWithEverything) {
  config.max_connect_attempts(1);
  start_in_an_outage();
  world->run_for(100h);
  world->subscribe({3});

  end_outage();
  world->run_for(30s);

  EXPECT_EQ(status(), ShardStatus::kLive);
  EXPECT_THAT(world->server().texts(), ElementsAre("sub 1,2,3"));
  world->run_for(10s);
  EXPECT_EQ(world->shard().attempt, 0U);
}

TEST_F(ShardSuspensionTest, ObeysRetryAfterWhenItIsSuspendedToo) {
  config.max_connect_attempts(1);
  make().behaviour.manners.on_upgrade = test::ScriptedServer::OnUpgrade::kRefuse;
  world->behaviour.manners.refusal = "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3600\r\n\r\n";
  start({1});

  world->run_for(1h + 3s - 1ns);
  EXPECT_EQ(attempts(), 1U);
  world->run_for(1ns);
  EXPECT_EQ(attempts(), 2U);
}

TEST_F(ShardSuspensionTest, AsksAboutEachFailureOnce) {
  start_in_an_outage();
  world->run_for(300ms);

  EXPECT_THAT(world->errors, SizeIs(3));
  EXPECT_EQ(world->errors[0].second.kind, DisconnectKind::kConnectFailed);
}

TEST_F(ShardSuspensionTest, IsNotProbedWhenOnErrorSaysStop) {
  make().behaviour.error_answer = ErrorAnswer::kStop;
  start({1});

  cut();
  world->run_for(100h);

  EXPECT_EQ(status(), ShardStatus::kSuspended);
  EXPECT_EQ(attempts(), 1U);
  const auto told = world->events_of<event::ShardSuspended>();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_FALSE(told[0].is_probed);
  EXPECT_EQ(world->core.next_deadline(), std::nullopt);
}

TEST_F(ShardSuspensionTest, WaitsForTheAnswerBeforeTheNextAttempt) {
  make().behaviour.error_answer = std::nullopt;
  start({1});
  cut();
  world->run_for(9s);
  ASSERT_EQ(attempts(), 1U);

  answer(ErrorAnswer::kStop);
  world->run_for(100h);

  EXPECT_EQ(status(), ShardStatus::kSuspended);
  EXPECT_EQ(attempts(), 1U);
}

TEST_F(ShardSuspensionTest, TriesAtOnceWhenTheAnswerComesAfterTheDelay) {
  make().behaviour.error_answer = std::nullopt;
  start({1});
  cut();
  world->run_for(9s);

  answer(ErrorAnswer::kRetry);
  world->run_for(0s);

  EXPECT_EQ(status(), ShardStatus::kLive);
}

TEST_F(ShardSuspensionTest, WaitsNoLongerThanTheConnectTimeoutForAnAnswer) {
  make().behaviour.error_answer = std::nullopt;
  start({1});
  cut();

  world->run_for(10s - 1ns);
  EXPECT_EQ(attempts(), 1U);
  world->run_for(1ns);
  EXPECT_EQ(status(), ShardStatus::kLive);
}

TEST_F(ShardSuspensionTest, IgnoresAStopThatWasOvertakenByAReconnect) {
  make().behaviour.error_answer = std::nullopt;
  start({1});
  const ConnectionId failed = world->newest();
  cut();
  world->behaviour.answers_prepare = false;
  EXPECT_TRUE(reconnect());

  world->core.handle_error_answer(failed, ErrorAnswer::kStop, world->now);
  world->pump();

  EXPECT_EQ(status(), ShardStatus::kConnecting);
}

TEST_F(ShardSuspensionTest, IsTakenOffProbingByAStop) {
  config.max_connect_attempts(1);
  make().behaviour.error_answer = std::nullopt;
  start({1});
  cut();
  ASSERT_EQ(status(), ShardStatus::kSuspended);

  answer(ErrorAnswer::kStop);
  world->run_for(100h);

  EXPECT_EQ(attempts(), 1U);
}

TEST_F(ShardSuspensionTest, ReconnectRevivesWhatOnErrorStopped) {
  make().behaviour.error_answer = ErrorAnswer::kStop;
  start({1, 2});
  cut();

  EXPECT_TRUE(reconnect());

  EXPECT_EQ(status(), ShardStatus::kLive);
  EXPECT_THAT(world->server().texts(), ElementsAre("sub 1,2"));
}

TEST_F(ShardSuspensionTest, ReconnectEndsADelay) {
  start({1});
  cut();

  EXPECT_TRUE(reconnect());

  EXPECT_EQ(status(), ShardStatus::kLive);
  world->run_for(1h);
  EXPECT_EQ(attempts(), 2U) << "the retry that was due is gone";
}

TEST_F(ShardSuspensionTest, ReconnectReplacesALiveConnectionAtOnce) {
  start({1, 2});
  const ConnectionId old = world->newest();

  EXPECT_TRUE(reconnect());

  EXPECT_EQ(status(), ShardStatus::kLive);
  EXPECT_THAT(world->server().texts(), ElementsAre("sub 1,2"));
  EXPECT_THAT(world->server(old).frames(),
              Contains(ClientFrame{Opcode::kClose, close_payload(1000)}));
  EXPECT_THAT(world->errors, IsEmpty()) << "nothing went wrong";
  ASSERT_THAT(world->disconnects, SizeIs(1));
  EXPECT_EQ(world->disconnects[0].second.kind, DisconnectKind::kRequested);
  EXPECT_EQ(world->core.metrics(world->now).counters.errors, 0U);
}

TEST_F(ShardSuspensionTest, ReconnectDoesNotDisturbAnAttempt) {
  make().behaviour.answers_prepare = false;
  start({1});

  EXPECT_TRUE(reconnect());

  EXPECT_EQ(attempts(), 1U);
}

TEST_F(ShardSuspensionTest, ReconnectFailsOnlyForAShardThatIsNotThere) {
  start({1});

  const auto result = world->core.reconnect_shard(ShardId{7}, world->now);

  EXPECT_EQ(result.error().code, Errc::kUnknownShard);
}

}  // namespace
}  // namespace wsm
