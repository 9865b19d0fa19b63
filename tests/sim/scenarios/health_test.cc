// What passes for life, and what does not: the real core, in virtual time.

#include <algorithm>
#include <chrono>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/scenarios/scenario_fixture.h"

namespace wsm::sim {
namespace {

using namespace std::chrono_literals;
using Status = SubscriptionStatus;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class HealthScenario : public ScenarioTest {
 protected:
  void publish_every(Duration interval) {
    only ? venue->publish(*only) : venue->publish_all();
    world.after(interval, [this, interval] { publish_every(interval); });
  }
  /// From now on whoever has a connection is refused a second one.
  void allow_one_connection() {
    const bool has_one = !venue->open_sessions().empty();
    venue->set_reception(
        {.answer = has_one ? Reception::Answer::kRefuse : Reception::Answer::kAccept,
         .status = 429});
    world.after(10ms, [this] { allow_one_connection(); });
  }

  std::optional<Topic> only;  ///< Of which there are messages.
};

/// One of five hundred dies in a moment of its own.
class DeadSubscriptionScenario : public HealthScenario,
                                 public ::testing::WithParamInterface<Session::Cure> {
 protected:
  static constexpr Topic kDead{250};
  static constexpr Duration kTimeout = 20s;

  void SetUp() override {
    rules.topics = rules.subscriptions_max = 500;
    config.subscription_timeout(kTimeout);
    start_all();
    publish_every(5s);
    world.run_for(1min + 100ms);  // The last data is 100 ms old.
    session().mute(kDead, GetParam());
  }
};

TEST_P(DeadSubscriptionScenario, IsFoundWithinItsTimeoutAndASecond) {
  world.run_for(kTimeout - 200ms);
  EXPECT_EQ(count(Status::kLive), 500U);

  world.run_for(200ms + 1s);

  EXPECT_THAT(record.all<event::SubscriptionStalled>(), SizeIs(1));
  const auto changes = record.all<event::SubscriptionsChanged>();
  const auto stale =
      std::ranges::find(changes, Status::kStale, &event::SubscriptionsChanged::status);
  ASSERT_NE(stale, changes.end());
  ASSERT_THAT(stale->subscriptions, SizeIs(1));
  EXPECT_EQ(stale->subscriptions[0].id, kDead);
  EXPECT_GE(count(Status::kLive), 499U);
}

TEST_P(DeadSubscriptionScenario, IsBroughtBackAndTheOthersAreLeftAlone) {
  world.run_for(kTimeout + 1s);
  const auto asked = record.times_asked(Topic{0});

  // Two more rungs of the ladder, and the next data.
  EXPECT_TRUE(world.run_until([&] { return status(kDead) == Status::kLive; }, 3 * kTimeout));
  world.run_for(1h);

  EXPECT_EQ(count(Status::kLive), 500U);
  EXPECT_EQ(metrics().counters.stalls, GetParam() == Session::Cure::kAskAgain ? 1U : 2U);
  EXPECT_EQ(record.times_asked(Topic{0}), asked);
}

INSTANTIATE_TEST_SUITE_P(EveryCure, DeadSubscriptionScenario,
                         ::testing::Values(Session::Cure::kAskAgain,
                                           Session::Cure::kOtherConnection));

TEST_F(HealthScenario, WhereNoSecondConnectionIsAllowedOneForAnotherBringsTheDeadBack) {
  rules.topics = rules.subscriptions_max = 5;
  config.subscription_timeout(20s).max_connections(1);
  start_all();
  publish_every(5s);
  world.run_for(1min);
  session().mute(Topic{2}, Session::Cure::kOtherConnection);

  // It is asked for again, and then nothing else is left; the others pay with a gap.
  world.run_for(3 * 20s + 6s);

  EXPECT_THAT(record.dials, SizeIs(2));
  EXPECT_EQ(count(Status::kLive), 5U);
  const TimePoint since = world.now();
  world.run_for(6s);
  EXPECT_FALSE(oracles.freshness.find_stale(since));
}

TEST_F(HealthScenario, HeartbeatsAnswersAndPingsHideNoDeadFeed) {
  rules.heartbeat_interval = 1s;
  rules.ping_interval = 1s;
  config.data_timeout(30s);
  make();
  venue->open();
  start(2, 10);
  publish_every(5s);
  world.run_for(1min);
  const auto acknowledge = [&](auto& self) -> void {
    const bool is_wanted = oracles.placement.wanted().contains(Topic{5});
    is_wanted ? client->unsubscribe(Topic{5}) : client->subscribe(Topic{5});
    world.after(3s, [&self] { self(self); });
  };
  acknowledge(acknowledge);

  session().mute();
  world.run_for(31s);

  const auto failures = record.all<event::HealthFailed>();
  ASSERT_THAT(failures, SizeIs(1));
  EXPECT_EQ(failures[0].kind, DisconnectKind::kDataTimeout);
  world.run_for(10s);
  const TimePoint since = world.now();
  world.run_for(6s);
  EXPECT_FALSE(oracles.freshness.find_stale(since)) << "another connection serves";
}

TEST_F(HealthScenario, OnlyTheConnectionThatStallsIsReplaced) {
  rules.topics = 3;
  rules.subscriptions_max = 1;
  config.data_timeout(30s);
  start_all();
  publish_every(5s);
  world.run_for(1min);
  const ShardId stalled = session().id().shard;

  session().mute();
  world.run_for(1min);

  for (const ShardMetrics& it : metrics().shards) {
    EXPECT_EQ(it.generation, Generation{it.shard_id == stalled ? 2U : 1U});
  }
}

TEST_F(HealthScenario, PingsGoOnUnderASaturatedStream) {
  config.ping_interval(20s);
  start(1, 1);
  publish_every(5ms);

  world.run_for(10min + 1s);

  EXPECT_EQ(metrics().counters.pings_sent, 30U);
  EXPECT_EQ(metrics().counters.pongs_received, 30U);
  EXPECT_EQ(metrics().ping_round_trip.count, 30U);
  EXPECT_EQ(metrics().ping_round_trip.max, 2ms);
}

TEST_F(HealthScenario, PingsWithoutAnAnswerAreFoundUnderASaturatedStream) {
  config.ping_interval(20s).pong_timeout(10s).failure_threshold(3).hot_switchover(false);
  start(1, 1);
  publish_every(5ms);
  world.run_for(1s);
  session().ignore_pings();

  world.run_for(3 * 20s + 10s);

  const auto failures = record.all<event::HealthFailed>();
  ASSERT_THAT(failures, SizeIs(1));
  EXPECT_EQ(failures[0].kind, DisconnectKind::kPongTimeout);
}

TEST_F(HealthScenario, AShardWithNothingToCarryIsClosedForGood) {
  config.data_timeout(30s).proactive_reconnect_interval(1min);
  start(1, 1);
  world.run_for(1s);

  client->unsubscribe(Topic{0});
  world.run_for(24h);

  EXPECT_THAT(record.dials, SizeIs(1));
  EXPECT_THAT(metrics().shards, IsEmpty());
}

TEST_F(HealthScenario, AShardWithNothingToCarryThatStaysIsNotReconnectedForItsSilence) {
  config.data_timeout(30s).auto_rebalance(false);
  start(1, 1);
  world.run_for(1s);

  client->unsubscribe(Topic{0});
  world.run_for(24h);

  EXPECT_THAT(record.dials, SizeIs(1));
  EXPECT_EQ(shard().status, ShardStatus::kLive);
}

/// All but one of five hundred have nothing to say any more, as when a market closes.
TEST_F(HealthScenario, AMarketThatGoesQuietOpensNoHundredConnections) {
  rules.topics = rules.subscriptions_max = 500;
  config.subscription_timeout(20s);
  start_all();
  publish_every(5s);
  world.run_for(1min);
  only = Topic{0};

  std::size_t most = 0;
  for (int minute = 0; minute < 120; ++minute) {
    world.run_for(1min);
    most = std::max(most, metrics().active_connections);
  }

  EXPECT_LE(most, 4U);
  EXPECT_LE(record.dials.size(), 60U);
  EXPECT_EQ(status(Topic{0}), Status::kLive);
}

/// Its server allows each of us one connection, and we were not told: the one that we have is
/// silent, and whoever comes beside it is refused.
TEST_F(HealthScenario, ASilentConnectionIsGivenUpWhereNoSecondOneIsTaken) {
  rules.topics = rules.subscriptions_max = 5;
  config.data_timeout(30s);
  start_all();
  publish_every(5s);
  world.run_for(1min);
  session().mute();
  const ConnectionId silent = session().id();
  allow_one_connection();

  const auto is_replaced = [&] {
    const auto open = venue->open_sessions();
    return open.size() == 1 && open[0]->id() != silent && core().is_live();
  };
  EXPECT_TRUE(world.run_until(is_replaced, 10min));

  const TimePoint since = world.now();
  world.run_for(6s);
  EXPECT_FALSE(oracles.freshness.find_stale(since));
}

}  // namespace
}  // namespace wsm::sim
