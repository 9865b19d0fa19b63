// What the limits cost: the real core, in virtual time, with the oracle of the limits looking on.

#include <chrono>
#include <vector>

#include <gtest/gtest.h>

#include "sim/client.h"
#include "sim/network.h"
#include "sim/oracles.h"
#include "sim/venue.h"
#include "sim/world.h"

namespace wsm::sim {
namespace {

using namespace std::chrono_literals;

/// A quiet venue over a good network, and a client with limits.
class LimitsScenario : public ::testing::Test {
 protected:
  LimitsScenario() {
    config.subscriptions_per_message(1).data_timeout(std::nullopt);
    config.proactive_reconnect_interval(std::nullopt);
  }

  void start(std::size_t topics, std::size_t capacity) {
    rules.topics = topics;
    rules.subscriptions_max = capacity;
    const ShardManagerConfig built = config.build().value();
    oracles.limits.set_limits(built.limits());
    oracles.circuit.set_rules(built.connection(), built.backoff());
    venue.emplace(world, rules, oracles);
    client.emplace(world, network, *venue, built, oracles);
    std::vector<Topic> all;
    for (std::size_t topic = 0; topic < topics; ++topic) {
      all.emplace_back(static_cast<Topic::rep>(topic));
    }
    client->start(all, capacity);
  }
  /// How long it takes until everything has been requested.
  Duration time_to_live(Duration limit) {
    const Duration since = world.elapsed();
    EXPECT_TRUE(world.run_until([this] { return client->core().is_live(); }, limit));
    return world.elapsed() - since;
  }
  void TearDown() override {
    const auto& failure = oracles.verdict.failure();
    EXPECT_FALSE(failure) << (failure ? failure->what : "");
  }

  World world{1};
  Oracles oracles{world};
  Network network{world, {.latency = 1ms}};
  VenueRules rules;
  ShardManagerConfigBuilder config = ShardManagerConfig::builder();
  std::optional<Venue> venue;
  std::optional<Client> client;
};

/// A second needs no reserve, so that all five are for requests.
TEST_F(LimitsScenario, FiveThousandSubscriptionsAtFiveASecondTakeTheLeastTimeThatThereIs) {
  rules.ping_interval = 5s;
  config.messages_per_window(5).window(1s);

  start(5000, 5000);
  const Duration taken = time_to_live(1h);

  constexpr Duration kLeast = 5000 / 5 * 1s;
  EXPECT_GE(taken, kLeast - 1s);
  EXPECT_LE(taken, kLeast * 105 / 100);
}

/// A tenth of the slots of a long window is kept for pings and pongs: 45 of 50 are for requests.
TEST_F(LimitsScenario, FiveThousandRequestsTakeTheLeastTimeThatTheirSlotsAllow) {
  config.messages_per_window(50).window(10s);

  start(5000, 5000);
  const Duration taken = time_to_live(1h);

  constexpr Duration kLeast = (5000 / 45) * 10s;
  EXPECT_GE(taken, kLeast);
  EXPECT_LE(taken, kLeast * 105 / 100);
}

TEST_F(LimitsScenario, AThousandShardsComeBackInTheLeastTimeThatTheConnectsAllow) {
  constexpr Duration kLeast = (1000 / 50 - 1) * 1s;
  config.connects_per_window(50).connect_window(1s);
  start(1000, 1);
  EXPECT_LE(time_to_live(1h), kLeast * 12 / 10);

  world.run_for(1min);
  venue->drop_all();
  world.run_for(10ms);
  ASSERT_FALSE(client->core().is_live());

  EXPECT_LE(time_to_live(1h), kLeast * 12 / 10);
  EXPECT_EQ(oracles.limits.connections_max(), 1000U);
}

TEST_F(LimitsScenario, FourAddressesBringAThousandShardsBackInAQuarterOfTheTime) {
  constexpr Duration kLeast = (250 / 50 - 1) * 4s;
  config.connects_per_window(50).connect_window(4s).shards_per_ip(250);
  config.source_ips({"192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8::1"});
  start(1000, 1);
  EXPECT_LE(time_to_live(1h), kLeast * 12 / 10);

  world.run_for(1min);
  venue->drop_all();
  world.run_for(10ms);

  EXPECT_LE(time_to_live(1h), kLeast * 12 / 10);
}

TEST_F(LimitsScenario, AnHourOfAcceptAndCloseStaysWithinTheConnectsAndBacksOff) {
  // Some are closed before they count as open; the circuit breaker would then dial even less.
  config.circuit_breaker_threshold(1'000'000);
  config.connects_per_window(30).connect_window(5min);
  start(4, 1);
  venue->set_reception({.answer = Reception::Answer::kAcceptThenClose});
  venue->drop_all();

  world.run_for(1h);

  // Four shards, each probed between half of the longest delay and all of it.
  EXPECT_LE(oracles.counters.dials(), 30U * 13);
  EXPECT_GE(oracles.counters.dials(), 30U * 10) << "idle slots";
  venue->set_reception({});
  EXPECT_LE(time_to_live(1h), 10min);
}

TEST_F(LimitsScenario, AcceptAndCloseBacksOffBelowTheLimit) {
  config.connects_per_window(10'000).connect_window(5min);
  start(1, 1);
  venue->set_reception({.answer = Reception::Answer::kAcceptThenClose});
  venue->drop_all();

  world.run_for(1h);

  EXPECT_LE(oracles.counters.dials(), 3600U / 15 + 20);
}

TEST_F(LimitsScenario, ASwitchoverOfAllNeverExceedsTheConnections) {
  config.max_connections(12).connects_per_window(5).connect_window(1s);
  start(10, 1);
  (void)time_to_live(1min);
  world.run_for(1min);

  for (const ShardId shard : client->shards()) client->switch_over(shard);
  for (int i = 0; i < 10; ++i) {
    world.run_for(5s);
    venue->publish_all();
  }

  EXPECT_TRUE(client->core().is_live());
  EXPECT_EQ(oracles.counters.switchovers(), 2U) << "there was room for two";
  EXPECT_EQ(oracles.limits.connections_max(), 12U);
}

}  // namespace
}  // namespace wsm::sim
