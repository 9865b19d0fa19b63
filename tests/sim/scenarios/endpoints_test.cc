// Several URLs of one venue, of which some are dead: the real core, in virtual time.

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/scenarios/scenario_fixture.h"

namespace wsm::sim {
namespace {

using namespace std::chrono_literals;
using ::testing::Each;
using ::testing::IsEmpty;
using ::testing::Le;

constexpr Duration kFirstBackoff = 100ms;  // By default, and 200 ms after it.
constexpr Duration kConnectTimeout = 10s;  // The same.

class EndpointsScenario : public ScenarioTest {
 protected:
  EndpointsScenario() { urls = {"ws://a.sim/", "ws://b.sim/", "ws://c.sim/"}; }

  void start_shards(std::size_t count) {
    rules.topics = count;
    rules.subscriptions_max = 1;
    start_all();
  }
  [[nodiscard]] std::size_t dials_of(const std::string& host) const {
    return static_cast<std::size_t>(std::ranges::count(record.dials, host, &Record::Dial::host));
  }
  void kill(std::initializer_list<std::string> hosts, OnDial on_dial) {
    for (const std::string& host : hosts) network.set_on_dial(host, on_dial);
  }
};

TEST_F(EndpointsScenario, AnHourWithOneOfThreeDeadCostsOneBackoffStep) {
  kill({"a.sim"}, OnDial::kRefuse);

  start_shards(50);
  EXPECT_LE(time_to_live(1h), kFirstBackoff + 1s);
  world.run_for(1h);

  EXPECT_LE(dials_of("a.sim"), 50U) << "all were on their way when its breaker opened";
  EXPECT_TRUE(core().is_live());
  EXPECT_EQ(metrics().counters.circuit_breaker_trips, 1U);
}

TEST_F(EndpointsScenario, OneThatSwallowsDialsCostsOneConnectTimeout) {
  kill({"a.sim"}, OnDial::kIgnore);

  start_shards(50);

  EXPECT_LE(time_to_live(1h), kConnectTimeout + kFirstBackoff + 1s);
}

TEST_F(EndpointsScenario, ARestartOfTheDeadOnesNeighbourDoesNotLeadBackToTheDeadOne) {
  start_shards(20);
  kill({"a.sim"}, OnDial::kIgnore);
  venue->drop_all();
  world.run_for(30min);
  ASSERT_TRUE(core().is_live());
  const std::size_t before = dials_of("a.sim");

  venue->drop_all();
  world.run_for(1ms);

  EXPECT_LE(time_to_live(1h), kFirstBackoff + 1s);
  EXPECT_EQ(dials_of("a.sim"), before);
}

TEST_F(EndpointsScenario, WhereTwoTakeNobodyTheThirdIsTriedAgain) {
  config.auto_rebalance(false);
  start_shards(20);
  kill({"a.sim"}, OnDial::kRefuse);
  venue->drop_all();
  world.run_for(10min);
  kill({"a.sim"}, OnDial::kAccept);
  kill({"b.sim", "c.sim"}, OnDial::kRefuse);

  session().reset();  // Its neighbours are connected, so no breaker opens.

  EXPECT_TRUE(world.run_until([this] { return core().is_live(); }, 5s));
}

TEST_F(EndpointsScenario, AnOutageOfAllIsProbedOncePerEndpointAndDelay) {
  start_shards(50);
  world.run_for(1min);
  kill({"a.sim", "b.sim", "c.sim"}, OnDial::kRefuse);
  venue->drop_all();
  world.run_for(10min);
  const std::size_t before = record.dials.size();

  world.run_for(1h);
  EXPECT_LE(record.dials.size() - before, 3 * (1h / 15s));
  kill({"b.sim"}, OnDial::kAccept);

  EXPECT_LE(time_to_live(1h), 31s);
}

TEST_F(EndpointsScenario, AcceptAndCloseForAnHourBacksOffAllTheSame) {
  start_shards(1);
  venue->set_reception({.answer = Reception::Answer::kAcceptThenClose});

  world.run_for(1h);

  EXPECT_LE(record.dials.size(), 20 + 1h / 15s);
}

}  // namespace
}  // namespace wsm::sim
