// One shard finds out for all whether a server is back: the real core, in virtual time.

#include <algorithm>
#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/scenarios/scenario_fixture.h"

namespace wsm::sim {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::Ge;
using ::testing::IsEmpty;
using ::testing::Le;

constexpr Duration kMaxDelay = 30s;        // Of the backoff, by default.
constexpr Duration kConnectTimeout = 10s;  // The same.
constexpr std::size_t kThreshold = 5;      // The same.

class CircuitBreakerScenario : public ScenarioTest {
 protected:
  void start_shards(std::size_t count) {
    rules.topics = count;
    rules.subscriptions_max = 1;
    start_all();
    world.run_for(1min);
  }
  [[nodiscard]] std::uint64_t trips() const { return metrics().counters.circuit_breaker_trips; }
  [[nodiscard]] std::size_t times_entered(CircuitStatus wanted) const {
    return static_cast<std::size_t>(std::ranges::count(
        record.all<event::CircuitBreakerChanged>(), wanted, &event::CircuitBreakerChanged::status));
  }
};

TEST_F(CircuitBreakerScenario, ADayWithoutTheServerCostsTheDialsOfOneShardAndNotOfFifty) {
  start_shards(50);
  network.set_on_dial(OnDial::kRefuse);
  venue->drop_all();
  world.run_for(1min);  // All fifty may have been on their way when it opened.
  const std::size_t dials = record.dials.size();
  world.run_for(24h);
  EXPECT_THAT(record.dials.size() - dials, AllOf(Ge(24h / 31s), Le(24h / 15s)));
  EXPECT_EQ(trips(), 1U);

  heal();
  const Duration taken = time_to_live(1h);

  EXPECT_LE(taken, kMaxDelay + 1s);
  EXPECT_EQ(times_entered(CircuitStatus::kClosed), 1U);
}

TEST_F(CircuitBreakerScenario, AProbeThatHangsIsGivenUpAndTheNextOneGoes) {
  start_shards(50);
  network.set_on_dial(OnDial::kIgnore);
  venue->drop_all();
  world.run_for(1h);
  EXPECT_GE(times_entered(CircuitStatus::kHalfOpen), 1h / (kMaxDelay + kConnectTimeout) - 1U);

  heal();

  EXPECT_LE(time_to_live(1h), kMaxDelay + kConnectTimeout + 1s);
}

TEST_F(CircuitBreakerScenario, AllThatWaitedGoOnWithinTheLimitOfConnects) {
  config.connects_per_window(5).connect_window(1s);
  start_shards(50);
  network.set_on_dial(OnDial::kRefuse);
  venue->drop_all();
  world.run_for(1h);

  heal();
  (void)world.run_until([this] { return metrics().active_connections > 0; }, 1h);

  EXPECT_LE(time_to_live(1h), 50 / 5 * 1s + 1s);
}

TEST_F(CircuitBreakerScenario, ShardsThatWaitForTheirFirstConnectDoNotDialIntoAnOutage) {
  config.connects_per_window(5).connect_window(1s);
  make();
  network.set_on_dial(OnDial::kRefuse);

  start_shards(200);

  EXPECT_LE(record.dials.size(), 2 * kThreshold + 4);
}

TEST_F(CircuitBreakerScenario, OneShardThatIsRefusedBesideOthersTripsNothing) {
  config.auto_rebalance(false);
  start_shards(10);
  venue->set_reception({.answer = Reception::Answer::kRefuse, .status = 403});
  session().reset();

  world.run_for(1h);

  EXPECT_GE(record.all<event::ReconnectScheduled>().size(), 2 * kThreshold);
  EXPECT_EQ(trips(), 0U);
  EXPECT_THAT(record.all<event::CircuitBreakerChanged>(), IsEmpty());
  EXPECT_EQ(metrics().active_connections, 9U);
}

TEST_F(CircuitBreakerScenario, AServerThatIsBackForAMomentIsAskedAgainAfterTheThreshold) {
  start_shards(20);
  network.set_on_dial(OnDial::kRefuse);
  venue->drop_all();
  world.run_for(10min);
  heal();
  world.run_for(kMaxDelay + 1s);
  ASSERT_TRUE(core().is_live());

  network.set_on_dial(OnDial::kRefuse);
  venue->drop_all();
  world.run_for(10min);

  EXPECT_EQ(trips(), 2U);
}

TEST_F(CircuitBreakerScenario, AShardThatIsToldToReconnectIsTheProbe) {
  start_shards(20);
  network.set_on_dial(OnDial::kRefuse);
  venue->drop_all();
  (void)world.run_until([this] { return times_entered(CircuitStatus::kHalfOpen) == 3; }, 1h);
  world.run_for(1s);
  heal();

  client->reconnect(ShardId{7});

  EXPECT_LE(time_to_live(1h), 1s);
}

TEST_F(CircuitBreakerScenario, HooksThatFailSayNothingOfTheServer) {
  start_shards(10);
  client->set_hooks({.throws_once_in = 1});
  venue->drop_all();

  world.run_for(1h);

  EXPECT_EQ(trips(), 0U);
}

TEST_F(CircuitBreakerScenario, AResetTimeoutThatIsShorterThanTheBackoffIsWhatAProbeWaitsFor) {
  config.circuit_breaker_threshold(2).circuit_breaker_reset_timeout(4s);
  start_shards(30);
  network.set_on_dial(OnDial::kRefuse);
  venue->drop_all();

  world.run_for(10min);

  std::vector<Duration> delays;
  for (const auto& it : record.all<event::CircuitBreakerChanged>()) {
    if (it.status == CircuitStatus::kOpen) delays.push_back(it.probe_in);
  }
  EXPECT_GE(delays.size(), 10min / 5s);
  EXPECT_THAT(delays, Each(AllOf(Ge(2s), Le(4s))));
}

}  // namespace
}  // namespace wsm::sim
