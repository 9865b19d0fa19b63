// Which proxy each connection goes through, and what becomes of one that fails.

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/world_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

class SupervisorProxiesTest : public test::WorldFixture {
 protected:
  SupervisorProxiesTest() {
    config.proxies({"socks5h://a.test", "http://b.test", "https://c.test"});
    make();
  }
};

TEST_F(SupervisorProxiesTest, ConnectionsGoThroughEachInTurn) {
  start({1, 2, 3, 4}, 1);
  EXPECT_THAT(world->dialed_proxies, ElementsAre(0U, 1U, 2U, 0U));
  EXPECT_TRUE(world->core.is_live());
}

TEST_F(SupervisorProxiesTest, WithoutAnyTheyGoStraight) {
  config.proxies({});
  make();
  start({1, 2}, 1);
  EXPECT_THAT(world->dialed_proxies, IsEmpty());
  EXPECT_TRUE(world->core.is_live());
}

TEST_F(SupervisorProxiesTest, AFailedAttemptGoesOnThroughAnother) {
  world->behaviour.dead_proxies = {0};
  start({1}, 1);
  EXPECT_FALSE(world->core.is_live());
  EXPECT_EQ(world->shard().attempt, 1U);

  world->run_for(100ms);
  EXPECT_THAT(world->dialed_proxies, ElementsAre(0U, 1U));
  EXPECT_TRUE(world->core.is_live());
}

TEST_F(SupervisorProxiesTest, OneThatFailsIsTriedAgainByOneConnectionAtATime) {
  world->behaviour.dead_proxies = {0};
  start({1, 2, 3, 4, 5, 6}, 1);
  world->run_for(100ms);
  ASSERT_TRUE(world->core.is_live());
  EXPECT_EQ(std::ranges::count(world->dialed_proxies, 0U), 2)
      << "the first two in turn: what is wrong was known when the first had failed";

  world->dialed_proxies.clear();
  world->behaviour.dead_proxies = {};
  for (const ShardId::rep shard : {0U, 1U, 2U, 3U, 4U, 5U}) cut(shard);
  world->run_for(1min);
  EXPECT_TRUE(world->core.is_live());
  EXPECT_THAT(world->dialed_proxies, AllOf(Contains(0U), Contains(1U), Contains(2U)));
}

TEST_F(SupervisorProxiesTest, ADeadProxySaysNothingAboutTheServer) {
  config.circuit_breaker_threshold(2);
  make();
  world->behaviour.dead_proxies = {0, 1, 2};
  start({1, 2, 3, 4}, 1);
  world->run_for(1min);
  EXPECT_THAT(world->events_of<event::CircuitBreakerChanged>(), IsEmpty());
  EXPECT_THAT(world->errors,
              Each(::testing::Field(
                  &std::pair<ConnectionId, DisconnectReason>::second,
                  ::testing::Field(&DisconnectReason::kind, DisconnectKind::kProxyFailed))));
}

TEST_F(SupervisorProxiesTest, OneThatHangsIsLeftOutAsWell) {
  config.proxies({"socks5h://a.test"}).circuit_breaker_threshold(1);
  make();
  world->behaviour.on_dial = test::World::OnDial::kUnresolved;
  start({1});
  world->run_for(10s);
  EXPECT_THAT(world->events_of<event::CircuitBreakerChanged>(), IsEmpty());
  ASSERT_FALSE(world->errors.empty());
  EXPECT_EQ(world->errors[0].second.kind, DisconnectKind::kProxyFailed);
  EXPECT_THAT(world->errors[0].second.detail, ::testing::HasSubstr("socks5h://a.test:1080"));
}

TEST_F(SupervisorProxiesTest, WhatOneSaysAboutWaitingHoldsForItAlone) {
  world->behaviour.dead_proxies = {0};
  world->behaviour.proxy_retry_after = 1h;
  start({1}, 1);
  world->run_for(100ms);
  EXPECT_TRUE(world->core.is_live());
  world->dialed_proxies.clear();
  for (int i = 0; i < 20; ++i) {
    cut();
    world->run_for(1min);
  }
  EXPECT_THAT(world->dialed_proxies, Not(Contains(0U)));
}

TEST_F(SupervisorProxiesTest, NobodyWaitsForOneWhenAnotherIsDueSooner) {
  config.proxies({"socks5h://a.test", "http://b.test"});
  make();
  world->behaviour.dead_proxies = {0, 1};
  start({1}, 1);
  world->behaviour.proxy_retry_after = 24h;
  world->run_for(100ms);
  world->behaviour.dead_proxies = {1};
  world->run_for(1min);
  EXPECT_TRUE(world->core.is_live());
}

TEST_F(SupervisorProxiesTest, TheOnlyOneIsObeyed) {
  config.proxies({"socks5h://a.test"});
  make();
  world->behaviour.dead_proxies = {0};
  world->behaviour.proxy_retry_after = 1h;
  start({1}, 1);
  world->run_for(59min);
  EXPECT_THAT(world->dialed_proxies, ::testing::SizeIs(1));
}

TEST_F(SupervisorProxiesTest, AreTriedForAsLongAsThereIsSomethingToCarry) {
  world->behaviour.dead_proxies = {0, 1, 2};
  start({1}, 1);
  world->run_for(24h);
  world->behaviour.dead_proxies = {};
  world->run_for(30s);
  EXPECT_TRUE(world->core.is_live());
}

}  // namespace
}  // namespace wsm
