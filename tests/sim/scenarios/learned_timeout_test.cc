// Time-outs of single subscriptions, learned from their own rate: the real core, in virtual time.

#include <chrono>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/client.h"
#include "sim/network.h"
#include "sim/oracles.h"
#include "sim/venue.h"
#include "sim/world.h"

namespace wsm::sim {
namespace {

using namespace std::chrono_literals;
using Status = SubscriptionStatus;

/// One connection with feeds of very different pace: 10 ms, 1 s, 1 min.
class LearnedTimeoutScenario : public ::testing::Test {
 protected:
  static constexpr std::uint32_t kIntervals = 20;
  static constexpr Topic kFast{0};
  static constexpr Topic kMedium{1};
  static constexpr Topic kSlow{2};

  LearnedTimeoutScenario() {
    config.subscription_timeout_intervals(kIntervals).data_timeout(std::nullopt);
    config.proactive_reconnect_interval(std::nullopt);
    rules.topics = 3;
  }

  void start() {
    venue.emplace(world, rules, oracles);
    client.emplace(world, network, *venue, config.build().value(), oracles);
    client->start(std::vector{kFast, kMedium, kSlow}, 3);
    publish(kFast, 10ms);
    publish(kMedium, 1s);
    publish(kSlow, 1min);
  }
  /// At that pace for as long as it is among the living.
  void publish(Topic topic, Duration interval) {
    if (topic != dead) venue->publish(topic);
    world.after(interval, [this, topic, interval] { publish(topic, interval); });
  }
  Status status(Topic topic) const {
    return client->core().subscription_state(SubscriptionId{topic.value()}, world.now())->status;
  }
  /// How long it takes until the silence of `topic`, and of no other, has been found.
  Duration time_to_find(Topic topic, Duration limit) {
    dead = topic;
    const Duration since = world.elapsed();
    EXPECT_TRUE(world.run_until([&] { return stalls() > 0; }, limit));
    EXPECT_NE(status(topic), Status::kLive);
    return world.elapsed() - since;
  }
  std::uint64_t stalls() const { return client->core().metrics(world.now()).counters.stalls; }
  void TearDown() override {
    const auto& failure = oracles.verdict.failure();
    EXPECT_FALSE(failure) << (failure ? failure->what : "");
  }

  World world{1};
  Oracles oracles{world};
  Network network{world, {.latency = 1ms}};
  VenueRules rules;
  ShardManagerConfigBuilder config = ShardManagerConfig::builder();
  std::optional<Topic> dead;
  std::optional<Venue> venue;
  std::optional<Client> client;
};

TEST_F(LearnedTimeoutScenario, FindsTheFastOneASecondAfterItsFloor) {
  start();
  world.run_for(15min);

  EXPECT_LE(time_to_find(kFast, 1h), 2s);

  EXPECT_EQ(stalls(), 1U);
  EXPECT_EQ(status(kMedium), Status::kLive);
  EXPECT_EQ(status(kSlow), Status::kLive);
}

TEST_F(LearnedTimeoutScenario, FindsTheOneInTheMiddleWithinItsTimeoutAndASecond) {
  start();
  world.run_for(15min);

  const Duration found = time_to_find(kMedium, 1h);

  EXPECT_GE(found, kIntervals * 1s - 1s);
  EXPECT_LE(found, kIntervals * 1s + 1s);
  EXPECT_EQ(stalls(), 1U);
  EXPECT_EQ(status(kSlow), Status::kLive);
}

TEST_F(LearnedTimeoutScenario, FindsTheSlowOneWithinItsTimeoutAndASecond) {
  start();
  world.run_for(15min);

  const Duration found = time_to_find(kSlow, 1h);

  EXPECT_GE(found, kIntervals * 1min - 1min);
  EXPECT_LE(found, kIntervals * 1min + 1s);
  EXPECT_EQ(stalls(), 1U);
}

TEST_F(LearnedTimeoutScenario, DisturbsNobodyInHoursOfReconnectsAndPauses) {
  config.proactive_reconnect_interval(15min);
  start();

  for (int hour = 0; hour < 3; ++hour) {
    world.run_for(20min);
    venue->drop_all();
    world.run_for(20min);
    client->pause();
    world.run_for(5min);
    client->resume();
    world.run_for(15min);
  }

  EXPECT_EQ(stalls(), 0U);
  EXPECT_EQ(status(kSlow), Status::kLive);
}

TEST_F(LearnedTimeoutScenario, BringsBackWhatTheServerHasForgotten) {
  start();
  world.run_for(15min);

  (void)time_to_find(kFast, 1h);
  dead.reset();
  world.run_for(1min);

  EXPECT_EQ(status(kFast), Status::kLive);
  EXPECT_EQ(status(kSlow), Status::kLive);
}

}  // namespace
}  // namespace wsm::sim
