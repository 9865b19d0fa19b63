// Handlers that do not keep up, processes that stand still, and servers that ask too much: the real
// core, in virtual time. The queue before the handler is not simulated; tests/unit/manager has it.

#include <algorithm>
#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/scenarios/scenario_fixture.h"

namespace wsm::sim {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Data of ten topics, and every clock that could find somebody dead.
class FlowScenario : public ScenarioTest {
 protected:
  void begin() {
    config.data_timeout(10s).subscription_timeout(10s).ping_interval(20s).pong_timeout(10s);
    rules.message_interval = 1s;
    make();
    venue->open();
    start(10, 10);
    world.run_for(10s);
  }
  void expect_nobody_to_be_blamed() {
    EXPECT_THAT(record.dials, SizeIs(1));
    EXPECT_THAT(record.all<event::HealthFailed>(), IsEmpty());
    EXPECT_THAT(record.all<event::SubscriptionStalled>(), IsEmpty());
    EXPECT_THAT(record.all<event::GapOpened>(), IsEmpty());
    const TimePoint since = world.now();
    world.run_for(5s);
    EXPECT_FALSE(oracles.freshness.find_stale(since));
  }
};

TEST_F(FlowScenario, AHandlerThatIsBlockedForAMinuteCostsNothing) {
  begin();
  const std::uint64_t pings = metrics().counters.pings_sent;

  client->pause();
  world.run_for(1min);
  EXPECT_EQ(metrics().counters.pings_sent, pings + 3) << "they go on";
  client->resume();
  world.run_for(1s);

  expect_nobody_to_be_blamed();
}

TEST_F(FlowScenario, PingsOfTheServerAreAnsweredBehindAHandlerThatIsBlocked) {
  rules.ping_interval = 20s;
  begin();

  client->pause();
  world.run_for(1min + 10ms);

  ASSERT_THAT(record.pongs, SizeIs(3));
  EXPECT_LE(record.pongs.back().at - record.pongs.front().at, 40s + 2ms) << "without delay";
}

TEST_F(FlowScenario, PingsOfTheServerAreAnsweredWhenReadingGoesOn) {
  rules.ping_interval = 20s;
  config.reserve_bytes_max(0);
  begin();
  client->pause();
  world.run_for(1min);
  ASSERT_THAT(record.pongs, IsEmpty());

  client->resume();
  world.run_for(1s);

  ASSERT_FALSE(record.pongs.empty());
  EXPECT_EQ(record.pongs.back().number, 3U);
}

class HoleScenario : public FlowScenario, public ::testing::WithParamInterface<GapRecovery> {};

TEST_P(HoleScenario, IsToldAndCuredAsWasAskedFor) {
  config.gap_recovery(GetParam());
  begin();

  session().skip(Topic{3});
  world.run_for(10s);

  const auto gaps = record.all<event::GapClosed>();
  const auto hole = std::ranges::find(gaps, GapCause::kSequenceHole, &event::GapClosed::cause);
  ASSERT_NE(hole, gaps.end());
  EXPECT_EQ(hole->subscription.id, Topic{3});
  EXPECT_EQ(hole->lost, 1U);
  EXPECT_EQ(record.times_asked(Topic{3}), GetParam() == GapRecovery::kGoOn ? 1U : 2U);
  EXPECT_EQ(record.times_asked(Topic{4}), GetParam() == GapRecovery::kReconnect ? 2U : 1U);
}

INSTANTIATE_TEST_SUITE_P(EveryRecovery, HoleScenario,
                         ::testing::Values(GapRecovery::kGoOn, GapRecovery::kAskAgain,
                                           GapRecovery::kReconnect),
                         [](const auto& it) { return std::string{to_string(it.param)}; });

TEST_F(FlowScenario, AProcessThatStoodStillBlamesNobodyForIt) {
  begin();

  client->freeze(1min);
  world.run_for(1min + 1s);

  expect_nobody_to_be_blamed();
}

TEST_F(FlowScenario, AMachineThatSleptForAnHourBlamesNobodyForIt) {
  begin();

  client->freeze(1h);
  world.run_for(1h + 1s);

  expect_nobody_to_be_blamed();
}

/// Whoever has pinged last is answered within a turn of the window, while thousands of requests
/// wait, and whatever else he asks.
TEST_F(FlowScenario, ABurstOfPingsIsAnsweredWithinAWindowAndKeepsNoRequestBack) {
  rules.topics = rules.subscriptions_max = 1000;
  config.messages_per_window(5).window(1s).subscriptions_per_message(1);
  start_all();
  world.run_for(10s);
  std::uint64_t pings = 0;
  for (int burst = 0; burst < 50; ++burst) {
    for (int i = 0; i < 20; ++i) session().ping();
    pings += 20;
    world.run_for(1s + 3ms);
    ASSERT_FALSE(record.pongs.empty());
    EXPECT_EQ(record.pongs.back().number, pings);
  }

  EXPECT_LE(time_to_live(1h), 1000s / 5 * 105 / 100);
}

}  // namespace
}  // namespace wsm::sim
