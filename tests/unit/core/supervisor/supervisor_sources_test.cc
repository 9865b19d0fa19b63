// Which of our addresses each shard comes from, and what becomes of one that fails.

#include <algorithm>
#include <chrono>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/world_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using ::testing::Each;
using ::testing::IsEmpty;
using ::testing::Pair;

class SupervisorSourcesTest : public test::WorldFixture {
 protected:
  SupervisorSourcesTest() {
    config.source_ips({"192.0.2.1", "192.0.2.2"}).shards_per_ip(10);
    make();
  }
  /// How many shards have dialed from there, the last time.
  auto shards_from(SourceIndex source) const {
    return std::ranges::count(world->sources, source,
                              &std::pair<const ShardId, SourceIndex>::second);
  }
};

TEST_F(SupervisorSourcesTest, ShardsOfOneThatFailsComeFromTheOthers) {
  world->behaviour.dead_sources = {0};
  start({1, 2, 3, 4}, 1);
  EXPECT_FALSE(world->core.is_live());

  world->run_for(2s);

  EXPECT_TRUE(world->core.is_live());
  EXPECT_THAT(world->sources, Each(Pair(::testing::_, 1U)));
}

TEST_F(SupervisorSourcesTest, LostConnectionsLeaveAnAddressThatOthersHaveSeenFail) {
  start({1, 2, 3, 4}, 1);
  ASSERT_TRUE(world->core.is_live());
  world->behaviour.dead_sources = {0};
  cut(0);
  world->run_for(2s);
  ASSERT_TRUE(world->core.is_live());
  const auto errors = world->errors.size();

  cut(2);
  world->run_for(2s);

  EXPECT_TRUE(world->core.is_live());
  EXPECT_THAT(world->sources, Each(Pair(::testing::_, 1U)));
  EXPECT_EQ(world->errors.size(), errors + 1) << "the loss itself, and no failed attempt";
}

TEST_F(SupervisorSourcesTest, RenewalsTryItAgainAndEvenThemOut) {
  config.proactive_reconnect_interval(10min);
  make();
  world->behaviour.dead_sources = {0};
  start({1, 2, 3, 4}, 1);
  world->run_for(2s);
  ASSERT_EQ(shards_from(1), 4);

  world->run_for(1h);
  EXPECT_TRUE(world->core.is_live()) << "a standby that does not get anywhere costs nothing";
  EXPECT_THAT(world->events_of<event::GapOpened>(), IsEmpty());
  world->behaviour.dead_sources = {};
  world->run_for(2h);

  EXPECT_TRUE(world->core.is_live());
  EXPECT_EQ(shards_from(0), 2);
  EXPECT_EQ(shards_from(1), 2);
}

TEST_F(SupervisorSourcesTest, WithoutRoomElsewhereItIsTriedUntilItWorks) {
  config.shards_per_ip(2).max_connect_attempts(1000);
  make();
  world->behaviour.dead_sources = {0};
  start({1, 2, 3, 4}, 1);
  world->run_for(10min);
  EXPECT_EQ(shards_from(0), 2);
  EXPECT_FALSE(world->core.is_live());

  world->behaviour.dead_sources = {};
  world->run_for(2min);

  EXPECT_TRUE(world->core.is_live());
}

TEST_F(SupervisorSourcesTest, ItSaysNothingAboutTheServer) {
  config.circuit_breaker_threshold(1);
  make();
  world->behaviour.dead_sources = {0, 1};
  start({1, 2, 3, 4}, 1);
  world->run_for(1min);

  EXPECT_THAT(world->events_of<event::CircuitBreakerChanged>(), IsEmpty());
  world->behaviour.dead_sources = {};
  world->run_for(2min);
  EXPECT_TRUE(world->core.is_live());
}

}  // namespace
}  // namespace wsm
