// Shards that share a server which takes nobody: who dials, and who waits.

#include <chrono>
#include <string>

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

class SupervisorCircuitTest : public test::WorldFixture {
 protected:
  SupervisorCircuitTest() { config.circuit_breaker_threshold(3); }

  /// Three shards lose their connections, and each fails once: that is enough.
  void start_and_trip() {
    start({1, 2, 3}, 1);
    shut();
    for (const ShardId::rep shard : {0U, 1U, 2U}) cut(shard);
    world->run_for(100ms);
    world->prepares.clear();
  }
  void shut() { world->behaviour.on_dial = World::OnDial::kFail; }
  void let_in() { world->behaviour.on_dial = World::OnDial::kConnect; }

  [[nodiscard]] std::uint64_t trips() const {
    return world->core.metrics(world->now).counters.circuit_breaker_trips;
  }
  [[nodiscard]] std::vector<CircuitStatus> told() const {
    std::vector<CircuitStatus> statuses;
    for (const auto& it : world->events_of<event::CircuitBreakerChanged>()) {
      statuses.push_back(it.status);
    }
    return statuses;
  }
};

TEST_F(SupervisorCircuitTest, TripsOverAllShardsTogether) {
  start_and_trip();

  EXPECT_EQ(trips(), 1U);
  const auto changes = world->events_of<event::CircuitBreakerChanged>();
  ASSERT_THAT(changes, SizeIs(1));
  EXPECT_EQ(changes[0].endpoint, "venue.test:80");
  EXPECT_EQ(changes[0].probe_in, 30s);
}

TEST_F(SupervisorCircuitTest, NobodyDialsWhileItIsOpenAndOneWhenTheDelayIsOver) {
  start_and_trip();

  world->run_for(30s - 1ns);
  EXPECT_THAT(world->prepares, IsEmpty());
  EXPECT_EQ(world->shard(0).status, ShardStatus::kConnecting);
  EXPECT_EQ(world->shard(0).attempt, 2U) << "to wait is not to fail";

  world->run_for(1ns);
  EXPECT_THAT(world->prepares, SizeIs(1));
  EXPECT_THAT(told(),
              ElementsAre(CircuitStatus::kOpen, CircuitStatus::kHalfOpen, CircuitStatus::kOpen));
}

TEST_F(SupervisorCircuitTest, AllGoOnAtOnceWhenTheProbeHasConnected) {
  start_and_trip();
  let_in();

  world->run_for(30s);

  EXPECT_THAT(world->connected(), SizeIs(3));
  EXPECT_TRUE(world->core.is_live());
}

TEST_F(SupervisorCircuitTest, AProbeThatHangsEndsAtTheConnectTimeout) {
  start_and_trip();
  world->behaviour.answers_prepare = false;
  world->run_for(30s);
  ASSERT_THAT(world->prepares, SizeIs(1));
  world->behaviour.answers_prepare = true;
  let_in();

  world->run_for(10s - 1ns);
  EXPECT_THAT(world->connected(), IsEmpty());
  world->run_for(1ns);

  EXPECT_THAT(world->connected(), SizeIs(2)) << "the next has taken its place";
}

TEST_F(SupervisorCircuitTest, AShardThatEndsAsTheProbeMakesPlaceForTheNext) {
  start_and_trip();
  world->behaviour.answers_prepare = false;
  world->run_for(30s);
  const ShardId::rep prober = world->prepares.at(0).shard.value();
  world->behaviour.answers_prepare = true;
  let_in();

  world->unsubscribe(prober + 1);
  world->run_for(0s);

  EXPECT_THAT(world->connected(), SizeIs(2));
}

TEST_F(SupervisorCircuitTest, ReconnectShardEndsTheDelay) {
  start_and_trip();
  world->run_for(1s);
  let_in();

  ASSERT_TRUE(world->core.reconnect_shard(ShardId{2}, world->now));
  world->run_for(0s);

  EXPECT_TRUE(world->core.is_live());
}

TEST_F(SupervisorCircuitTest, AFreshShardWaitsWithTheOthers) {
  start_and_trip();

  world->subscribe(SubscriptionId{4});
  world->run_for(30s - 1ns - 100ms);
  EXPECT_THAT(world->prepares, IsEmpty());

  let_in();
  world->run_for(1s);
  EXPECT_TRUE(world->core.is_live());
}

TEST_F(SupervisorCircuitTest, WhoWaitsForAPermitDoesNotDialWhenItHasOpenedMeanwhile) {
  config.connects_per_window(1).connect_window(1s);
  make();
  shut();

  start({1, 2, 3, 4, 5, 6}, 1);
  world->run_for(10s);

  EXPECT_THAT(world->prepares, SizeIs(3));
  EXPECT_EQ(trips(), 1U);
}

TEST_F(SupervisorCircuitTest, OneShardThatIsRefusedBesideAnotherThatIsNotTripsNothing) {
  config.auto_rebalance(false);
  start({1, 2}, 1);
  shut();
  cut(0);

  world->run_for(10min);

  EXPECT_EQ(trips(), 0U);
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(SupervisorCircuitTest, AUrlThatHasChangedLetsAllGo) {
  start_and_trip();
  let_in();
  world->behaviour.url = "ws://elsewhere.test/feed";

  world->run_for(30s);

  EXPECT_TRUE(world->core.is_live());
  EXPECT_EQ(world->events_of<event::CircuitBreakerChanged>().back().status, CircuitStatus::kClosed);
}

TEST_F(SupervisorCircuitTest, StopsAtOnceWhileAllWait) {
  start_and_trip();

  world->stop(1s);

  EXPECT_EQ(world->core.status(), SupervisorStatus::kStopped);
}

}  // namespace
}  // namespace wsm
