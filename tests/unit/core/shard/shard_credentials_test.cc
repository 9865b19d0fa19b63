// Refused credentials, and what on_error says against the tables.

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/core/shard/shard_switchover_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::ScriptedServer;
using test::server_close;
using test::World;
using ::testing::ElementsAre;

class ShardCredentialsTest : public test::ShardSwitchoverFixture {
 protected:
  std::size_t attempts() const { return world->prepares.size(); }

  /// The next attempt comes `delay` from now and not a nanosecond before.
  void expect_attempt_after(Duration delay) {
    const std::size_t before = attempts();
    world->run_for(delay - 1ns);
    EXPECT_EQ(attempts(), before) << "too early";
    world->run_for(1ns);
    EXPECT_EQ(attempts(), before + 1);
  }
  void refuse_with(const std::string& status) {
    world->behaviour.manners.on_upgrade = ScriptedServer::OnUpgrade::kRefuse;
    world->behaviour.manners.refusal = "HTTP/1.1 " + status + " No\r\n\r\n";
  }
  void accept() { world->behaviour.manners.on_upgrade = ScriptedServer::OnUpgrade::kAccept; }
  void answer(ErrorAnswer answer) {
    world->core.handle_error_answer(world->newest(), answer, world->now);
    world->pump();
  }
};

TEST_F(ShardCredentialsTest, TheFirstRetryComesWithTheBackoffAndTheNextOnesSlowly) {
  make();
  refuse_with("401");
  start({1});

  expect_attempt_after(100ms);
  expect_attempt_after(30s);
  expect_attempt_after(30s);
}

TEST_F(ShardCredentialsTest, HooksAreToldToRefreshThemUntilAConnectionHasOpened) {
  make();
  refuse_with("401");
  start({1});
  world->behaviour.on_dial = World::OnDial::kFail;
  world->run_for(100ms);
  world->behaviour.on_dial = World::OnDial::kConnect;
  accept();
  world->run_for(30s);
  cut();
  world->run_for(30s);

  EXPECT_THAT(world->refreshes, ElementsAre(false, true, true, false));
}

TEST_F(ShardCredentialsTest, AServerThatOpensAndThenFindsThemWrongIsNotHammered) {
  make().behaviour.manners.behind_upgrade = server_close(3000);
  start({1});

  expect_attempt_after(100ms);
  expect_attempt_after(30s);

  EXPECT_THAT(world->refreshes, ElementsAre(false, true, true));
}

TEST_F(ShardCredentialsTest, OfAStandbyAreRefreshedByTheNextOne) {
  start({1});
  refuse_with("401");
  ASSERT_TRUE(switch_over());

  ASSERT_TRUE(switch_over());

  EXPECT_THAT(world->refreshes, ElementsAre(false, false, true));
}

TEST_F(ShardCredentialsTest, OnErrorCanSayThatThoseOfAStandbyAreWhatIsWrong) {
  start({1});
  world->behaviour.error_answer = ErrorAnswer::kRefreshCredentials;
  refuse_with("403");
  ASSERT_TRUE(switch_over());

  ASSERT_TRUE(switch_over());

  EXPECT_THAT(world->refreshes, ElementsAre(false, false, true));
}

// The server has said it of all connections, and the shard has lost the one that served.
TEST_F(ShardCredentialsTest, RetryAfterThatAStandbyWasToldHoldsForWhatComesNext) {
  start({1});
  refuse_with("429");
  world->behaviour.manners.refusal = "HTTP/1.1 429 No\r\nRetry-After: 120\r\n\r\n";
  ASSERT_TRUE(switch_over());
  const std::size_t before = attempts();
  accept();

  world->run_for(10s);
  world->server(ConnectionId{ShardId{0}, Generation{1}}).cut();
  world->pump();
  world->run_for(109s);
  EXPECT_EQ(attempts(), before);
  world->run_for(1min);

  EXPECT_EQ(attempts(), before + 1);
  EXPECT_TRUE(world->core.is_live());
}

TEST_F(ShardCredentialsTest, OnErrorCanSayThatTheyAreWhatIsWrong) {
  make().behaviour.error_answer = ErrorAnswer::kRefreshCredentials;
  refuse_with("403");
  start({1});

  expect_attempt_after(100ms);
  EXPECT_THAT(world->refreshes, ElementsAre(false, true));
}

TEST_F(ShardCredentialsTest, OnErrorCanSayThatTheyAreNotWhatIsWrong) {
  make().behaviour.error_answer = ErrorAnswer::kRetry;
  refuse_with("401");
  start({1});

  expect_attempt_after(100ms);
  expect_attempt_after(200ms);
  EXPECT_THAT(world->refreshes, ElementsAre(false, false, false));
}

TEST_F(ShardCredentialsTest, OnErrorCanAskForPatience) {
  make().behaviour.error_answer = ErrorAnswer::kRetrySlowly;
  start({1});
  cut();

  expect_attempt_after(30s);
  EXPECT_EQ(world->events_of<event::ReconnectScheduled>().back().delay, 30s);
}

TEST_F(ShardCredentialsTest, WhatOnErrorSaysCountsFromTheFailure) {
  make().behaviour.error_answer = std::nullopt;
  start({1});
  cut();
  world->run_for(7s);

  answer(ErrorAnswer::kRetrySlowly);

  expect_attempt_after(23s);
}

TEST_F(ShardCredentialsTest, OnErrorCannotOverruleRetryAfter) {
  make().behaviour.error_answer = ErrorAnswer::kRetry;
  refuse_with("429");
  world->behaviour.manners.refusal = "HTTP/1.1 429 No\r\nRetry-After: 60\r\n\r\n";
  start({1});

  expect_attempt_after(63s);
}

}  // namespace
}  // namespace wsm
