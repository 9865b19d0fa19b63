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
using ::testing::ElementsAre;
using ::testing::HasSubstr;

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

class DrainScenario : public EndpointsScenario {
 protected:
  void drain(const std::string& url) {
    config.backoff({.initial_delay = 100ms, .max_delay = 5s});
    rules.message_interval = 2s;
    make();
    venue->open();
    start(5, 5);
    world.run_for(1min);
    session().drain(url);
  }
  [[nodiscard]] std::vector<std::string> hosts() const {
    std::vector<std::string> hosts;
    for (const Record::Dial& dial : record.dials) hosts.push_back(dial.host);
    return hosts;
  }
  [[nodiscard]] std::vector<SwitchoverOutcome> outcomes() const {
    std::vector<SwitchoverOutcome> outcomes;
    for (const auto& finished : record.all<event::SwitchoverFinished>()) {
      outcomes.push_back(finished.outcome);
    }
    return outcomes;
  }
};

TEST_F(DrainScenario, WhoIsSentElsewhereGoesThereAndLosesNothing) {
  drain("ws://d.sim/");
  world.run_for(10min);

  EXPECT_THAT(hosts(), ElementsAre("a.sim", "d.sim"));
  EXPECT_THAT(outcomes(), ElementsAre(SwitchoverOutcome::kProven));
  EXPECT_EQ(metrics().counters.messages_lost, 0U);
}

TEST_F(DrainScenario, WhereNobodyIsThereTheNextOneGoesWhereTheHandlerSays) {
  kill({"d.sim"}, OnDial::kRefuse);

  drain("ws://d.sim/");
  world.run_for(10min);

  EXPECT_THAT(hosts(), ElementsAre("a.sim", "d.sim", "b.sim"));
  EXPECT_THAT(outcomes(), ElementsAre(SwitchoverOutcome::kAbandoned, SwitchoverOutcome::kProven));
  EXPECT_EQ(metrics().counters.messages_lost, 0U) << "there was time until the venue closed";
}

TEST_F(DrainScenario, NobodyIsLedAwayFromTls) {
  urls = {"wss://a.sim/", "wss://b.sim/"};

  drain("ws://d.sim/");
  world.run_for(10min);

  EXPECT_THAT(hosts(), ElementsAre("a.sim", "b.sim"));
  EXPECT_THAT(record.all<event::DrainNoticed>().at(0).refusal, HasSubstr("from wss to ws"));
}

}  // namespace
}  // namespace wsm::sim
