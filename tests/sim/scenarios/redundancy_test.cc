// Two connections for each subscription, of which one is always about to die: the real core, in
// virtual time.

#include <chrono>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/scenarios/scenario_fixture.h"

namespace wsm::sim {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class RedundancyScenario : public ScenarioTest {
 protected:
  static constexpr std::size_t kTopics = 20;
  static constexpr std::size_t kCapacity = 5;

  void begin() {
    config.redundancy(2).data_timeout(5s).subscription_timeout(5s);
    config.ping_interval(2s).pong_timeout(1s);
    // Each lives for some seconds here, and is back before it is its turn again.
    config.backoff({.initial_delay = 50ms, .max_delay = 500ms, .stable_after = 1s});
    oracles.placement.set_redundancy(2);
    rules.topics = kTopics;
    rules.subscriptions_max = kCapacity;
    rules.message_interval = 20ms;
    make();
    venue->open();
    start_all();
    world.run_for(2s);
    ASSERT_THAT(venue->open_sessions(), SizeIs(2 * kTopics / kCapacity));
  }
  void expect_nothing_lost() {
    EXPECT_THAT(record.all<event::GapOpened>(), IsEmpty());
    EXPECT_THAT(record.all<event::GapClosed>(), IsEmpty());
    EXPECT_EQ(metrics().counters.messages_lost, 0U);
    const TimePoint since = world.now();
    world.run_for(10s);
    EXPECT_FALSE(oracles.freshness.find_stale(since));
    EXPECT_FALSE(oracles.placement.find_unsettled());
  }
};

/// How a connection can end, or be of no use.
struct Death {
  const char* name;
  void (*strike)(Session&);
  int count;
  Duration pause;  // Until it has been found and replaced.
};

class DeathInRedundancyScenario : public RedundancyScenario,
                                  public ::testing::WithParamInterface<Death> {};

/// The oldest one is of another shard each time, for the youngest has just come back.
TEST_P(DeathInRedundancyScenario, OneAfterTheOtherLosesNothing) {
  begin();

  for (int deaths = 0; deaths < GetParam().count; ++deaths) {
    GetParam().strike(*venue->open_sessions().front());
    world.run_for(GetParam().pause);
  }

  EXPECT_GE(record.dials.size(), static_cast<std::size_t>(GetParam().count));
  expect_nothing_lost();
}

constexpr Death kDeaths[] = {
    {"reset", [](Session& session) { session.reset(); }, 200, 500ms},
    {"finish", [](Session& session) { session.finish(); }, 200, 500ms},
    {"close", [](Session& session) { session.close(1001, "going away"); }, 200, 500ms},
    {"half_open", [](Session& session) { session.go_silent(); }, 16, 20s},
    {"mute", [](Session& session) { session.mute(); }, 16, 20s},
    {"drain_notice", [](Session& session) { session.drain(); }, 24, 5s},
};
INSTANTIATE_TEST_SUITE_P(EveryKind, DeathInRedundancyScenario, ::testing::ValuesIn(kDeaths),
                         [](const auto& it) { return std::string{it.param.name}; });

TEST_F(RedundancyScenario, ATopicThatIsDeadOnOneIsBroughtBackWithoutAGap) {
  begin();

  venue->open_sessions().front()->mute(Topic{0}, Session::Cure::kAskAgain);
  world.run_for(30s);

  EXPECT_FALSE(record.all<event::SubscriptionStalled>().empty());
  expect_nothing_lost();
}

TEST_F(RedundancyScenario, SwitchoversOfAllOfThemAtOnceLoseNothing) {
  begin();

  for (int round = 0; round < 10; ++round) {
    for (const ShardMetrics& each : metrics().shards) client->switch_over(each.shard_id);
    world.run_for(5s);
  }

  EXPECT_EQ(metrics().counters.hot_switchovers, 10 * 2 * kTopics / kCapacity);
  expect_nothing_lost();
}

TEST_F(RedundancyScenario, AnOutageIsOneGapForEachWithItsExactSize) {
  begin();

  network.set_on_dial(OnDial::kRefuse);
  venue->drop_all();
  world.run_for(1min);
  heal();
  world.run_for(2min);

  EXPECT_THAT(record.all<event::GapOpened>(), SizeIs(kTopics));
  EXPECT_THAT(record.all<event::GapClosed>(), SizeIs(kTopics));
  EXPECT_GT(metrics().counters.messages_lost, kTopics * 1000);  // The oracle knows how many.
}

}  // namespace
}  // namespace wsm::sim
