// How everything comes back, whatever it was that failed, and how everything ends when it is told
// to: the real core, in virtual time.

#include <chrono>
#include <functional>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/scenarios/scenario_fixture.h"
#include "sim/scenarios/situations.h"

namespace wsm::sim {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Duration kMaxDelay = 30s;        // Of the backoff, by default.
constexpr Duration kConnectTimeout = 10s;  // The same.

class RecoveryScenario : public ScenarioTest {};

enum class Outage { kRefuses, kIgnores, kAnswers503, kAcceptsAndCloses, kHooksThrow, kHooksHang };

struct OutageCase {
  std::string_view name;
  Outage outage;
};

class OutageScenario : public RecoveryScenario, public ::testing::WithParamInterface<OutageCase> {
 protected:
  void begin() {
    switch (GetParam().outage) {
      case Outage::kRefuses: network.set_on_dial(OnDial::kRefuse); break;
      case Outage::kIgnores: network.set_on_dial(OnDial::kIgnore); break;
      case Outage::kAnswers503: venue->set_reception({.answer = Reception::Answer::kRefuse}); break;
      case Outage::kAcceptsAndCloses:
        venue->set_reception({.answer = Reception::Answer::kAcceptThenClose});
        break;
      case Outage::kHooksThrow: client->set_hooks({.throws_once_in = 1}); break;
      case Outage::kHooksHang: client->set_hooks({.hangs_once_in = 1}); break;
    }
    venue->drop_all();
  }
};

TEST_P(OutageScenario, EverythingIsLiveWithinTheLongestBackoffAfterADay) {
  rules.subscriptions_max = 2;
  start_all();
  world.run_for(1min);
  const std::size_t dials = record.dials.size();
  begin();
  world.run_for(24h);
  EXPECT_FALSE(core().is_live());

  heal();
  const Duration taken = time_to_live(1h);

  // An attempt may have been under way that nobody answers any more.
  EXPECT_LE(taken, kMaxDelay + kConnectTimeout + 1s);
  // Each of five shards is probed between half of the longest backoff and all of it.
  EXPECT_LE(record.dials.size() - dials, 5 * (24h / 15s + 20U));
  world.run_for(1s);  // The last requests are on their way.
  EXPECT_EQ(oracles.placement.find_unsettled(), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(EveryKind, OutageScenario,
                         ::testing::Values(OutageCase{"refuses", Outage::kRefuses},
                                           OutageCase{"ignores", Outage::kIgnores},
                                           OutageCase{"answers_503", Outage::kAnswers503},
                                           OutageCase{"closes", Outage::kAcceptsAndCloses},
                                           OutageCase{"hooks_throw", Outage::kHooksThrow},
                                           OutageCase{"hooks_hang", Outage::kHooksHang}),
                         [](const auto& it) { return std::string{it.param.name}; });

/// Nobody counts connects here, so that two hundred shards come back as one does.
class LargeOutageScenario : public OutageScenario {};

TEST_P(LargeOutageScenario, EverythingHasDataWithinTheLongestBackoffAndTheRampAfterADay) {
  constexpr Duration kRamp = 1s;
  rules.topics = 200;
  rules.subscriptions_max = 1;
  rules.message_interval = 1min;
  start_all();
  venue->open();
  world.run_for(10min);
  begin();
  world.run_for(24h);

  heal();
  const TimePoint since = world.now();
  const Duration taken = time_to_live(1h);
  world.run_for(2 * rules.message_interval);

  EXPECT_LE(taken, kMaxDelay + kConnectTimeout + kRamp);
  EXPECT_EQ(oracles.placement.find_unsettled(), std::nullopt);
  EXPECT_EQ(oracles.freshness.find_stale(since), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(EveryKind, LargeOutageScenario,
                         ::testing::Values(OutageCase{"refuses", Outage::kRefuses},
                                           OutageCase{"ignores", Outage::kIgnores},
                                           OutageCase{"answers_503", Outage::kAnswers503}),
                         [](const auto& it) { return std::string{it.param.name}; });

TEST_F(RecoveryScenario, FailuresAreNotCountedOverALifetime) {
  config.max_connect_attempts(3).ping_interval(std::nullopt);
  start(1, 1);

  for (int day = 0; day < 365; ++day) {
    world.run_for(24h);
    venue->drop_all();
    world.run_for(1s);
    ASSERT_TRUE(core().is_live()) << "day " << day;
  }

  EXPECT_THAT(record.all<event::ShardSuspended>(), IsEmpty());
}

TEST_F(RecoveryScenario, RetryAfterIsObeyed) {
  make();
  venue->set_reception({.answer = Reception::Answer::kRefuse, .retry_after_seconds = 90});
  start(1, 1);

  world.run_for(1h);

  ASSERT_GE(record.dials.size(), 3600U / 95);
  for (std::size_t i = 1; i < record.dials.size(); ++i) {
    EXPECT_GE(record.dials[i].at - record.dials[i - 1].at, 90s);
  }
}

TEST_F(RecoveryScenario, AfterARestartItComesBackAtOnceAndAfterAReproachSlowly) {
  start(1, 1);
  world.run_for(1min);
  session().close(1012, "restart");
  world.run_for(1s);
  EXPECT_THAT(record.dials, SizeIs(2));

  world.run_for(1min);
  session().close(1008, "policy");
  world.run_for(kMaxDelay / 2 - 1s);
  EXPECT_THAT(record.dials, SizeIs(2));
  world.run_for(kMaxDelay / 2 + 2s);
  EXPECT_THAT(record.dials, SizeIs(3));
}

TEST_F(RecoveryScenario, ARenewedConnectionThatIsLostComesBackAsWell) {
  situation::proving_a_standby(*this);
  venue->publish_all();
  world.run_for(10s);
  ASSERT_THAT(venue->sessions(), SizeIs(1));

  venue->drop_all();

  EXPECT_LE(time_to_live(1h), 1s);
}

TEST_F(RecoveryScenario, ASuspendedShardIsNotCalledLiveAndComesBack) {
  situation::suspended(*this);
  EXPECT_FALSE(shard().is_connected);
  EXPECT_EQ(status(Topic{0}), SubscriptionStatus::kDesired);
  EXPECT_FALSE(core().is_live());

  heal();

  EXPECT_LE(time_to_live(1h), kMaxDelay + 1s);
}

TEST_F(RecoveryScenario, WhatNoMessageCouldBeMadeForIsAskedForLater) {
  situation::live(*this);
  client->set_hooks({.throws_once_in = 1});
  client->subscribe(Topic{5});
  world.run_for(10min);
  EXPECT_EQ(status(Topic{5}), SubscriptionStatus::kDesired);
  EXPECT_THAT(record.dials, SizeIs(1)) << "the others keep their connection";

  client->set_hooks({});
  world.run_for(kMaxDelay + 1s);

  EXPECT_EQ(status(Topic{5}), SubscriptionStatus::kLive);
}

class StopScenario : public ScenarioTest, public ::testing::WithParamInterface<Situation> {};

TEST_P(StopScenario, IsOverWithinItsDeadlineAndStaysSo) {
  GetParam().bring_about(*this);
  const std::size_t dials = record.dials.size();

  client->stop(3s);
  if (GetParam().has_no_connection) {
    EXPECT_EQ(core().status(), SupervisorStatus::kStopped) << "at once";
  }
  world.run_for(3s);
  EXPECT_EQ(core().status(), SupervisorStatus::kStopped);

  heal();
  world.run_for(1h);
  EXPECT_THAT(record.dials, SizeIs(dials));
  EXPECT_THAT(record.all<event::Stopped>(), SizeIs(1));
}

TEST_P(StopScenario, IsOverAtOnceWhenThereIsNoTime) {
  GetParam().bring_about(*this);

  client->stop(0s);
  world.run_for(0s);

  EXPECT_EQ(core().status(), SupervisorStatus::kStopped);
}

INSTANTIATE_TEST_SUITE_P(EverySituation, StopScenario, ::testing::ValuesIn(kSituations),
                         [](const auto& it) { return std::string{it.param.name}; });

/// As a server does that is being taken out of service and still takes whoever comes.
TEST_F(RecoveryScenario, AnHourOfDrainNoticesForEveryConnectionIsNoStorm) {
  for (const bool is_hot : {true, false}) {
    SCOPED_TRACE(is_hot);
    Stage stage;
    stage.config.hot_switchover(is_hot);
    stage.make();
    stage.venue->open();
    stage.start(5, 5);
    std::set<ConnectionId> told;
    const std::function<void()> tell = [&] {
      for (Session* session : stage.venue->open_sessions()) {
        if (told.insert(session->id()).second) session->drain();
      }
      stage.world.after(10ms, tell);
    };
    tell();

    stage.world.run_for(1h);

    EXPECT_LE(stage.record.dials.size(), 600U);
    EXPECT_TRUE(stage.world.run_until([&] { return stage.core().is_live(); }, 1min));
  }
}

}  // namespace
}  // namespace wsm::sim
