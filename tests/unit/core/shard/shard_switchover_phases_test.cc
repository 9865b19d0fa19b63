// What can go wrong in each phase of a switchover; and what begins one.

#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/core/shard/shard_switchover_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::World;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Outcome = SwitchoverOutcome;
using Phase = SwitchoverPhase;

class ShardSwitchoverInPhaseTest : public test::ShardSwitchoverFixture,
                                   public ::testing::WithParamInterface<Phase> {
 protected:
  void SetUp() override {
    start({1, 2});
    old = world->newest();
    reach(GetParam());
    standby = world->newest();
    world->behaviour.answers_prepare = true;
    world->behaviour.answers_render = true;
  }

  void lose(ConnectionId id) {
    world->core.handle_transport_ended(id, {.kind = DisconnectKind::kConnectionLost}, world->now);
    world->pump();
  }

  ConnectionId old;
  ConnectionId standby;
};

TEST_P(ShardSwitchoverInPhaseTest, TheOldConnectionGoesOnWhenTheStandbyIsLost) {
  lose(standby);

  EXPECT_THAT(outcomes(), ElementsAre(Outcome::kAbandoned));
  EXPECT_EQ(serving(), old);
  EXPECT_EQ(world->shard().status, ShardStatus::kLive);
  EXPECT_TRUE(world->core.is_live());
  EXPECT_THAT(world->errors, SizeIs(1));
  EXPECT_EQ(world->shard().attempt, 0U) << "no failure of the shard";
}

TEST_P(ShardSwitchoverInPhaseTest, TheStandbyTakesOverWhenTheOldConnectionIsLost) {
  lose(old);

  EXPECT_THAT(outcomes(), ElementsAre(Outcome::kPromoted));
  EXPECT_EQ(serving(), standby);
  const bool is_open = GetParam() != Phase::kOpening;
  EXPECT_EQ(world->shard().status, is_open ? ShardStatus::kLive : ShardStatus::kConnecting);
  EXPECT_EQ(world->prepares.size(), 2U) << "no third connection";
}

TEST_P(ShardSwitchoverInPhaseTest, AShardThatLosesBothComesBackOnce) {
  lose(old);
  lose(standby);
  EXPECT_EQ(world->shard().status, ShardStatus::kBackingOff);

  world->run_for(100ms);

  EXPECT_EQ(world->shard().status, ShardStatus::kLive);
  EXPECT_THAT(world->server().texts(), ElementsAre("sub 1,2"));
  EXPECT_THAT(world->connected(), SizeIs(1));
}

TEST_P(ShardSwitchoverInPhaseTest, ComesBackWhenTheStandbyAndThenTheOldConnectionIsLost) {
  lose(standby);
  lose(old);

  world->run_for(100ms);

  EXPECT_EQ(world->shard().status, ShardStatus::kLive);
  EXPECT_THAT(outcomes(), SizeIs(1));
}

TEST_P(ShardSwitchoverInPhaseTest, StopsBoth) {
  world->stop(1s);

  EXPECT_EQ(world->core.status(), SupervisorStatus::kStopped);
  EXPECT_THAT(world->connected(), IsEmpty());
  EXPECT_THAT(outcomes(), ElementsAre(Outcome::kCancelled));
}

TEST_P(ShardSwitchoverInPhaseTest, StopsBothByTheDeadlineWhenNeitherAnswers) {
  world->server(old).manners().answers_close = false;
  if (GetParam() != Phase::kOpening) world->server(standby).manners().answers_close = false;

  world->stop(1s);
  world->run_for(1s - 1ns);
  EXPECT_EQ(world->core.status(), SupervisorStatus::kStopping);
  world->run_for(1ns);

  EXPECT_EQ(world->core.status(), SupervisorStatus::kStopped);
  EXPECT_THAT(world->connected(), IsEmpty());
}

TEST_P(ShardSwitchoverInPhaseTest, EndsWithTheLastSubscription) {
  world->unsubscribe(1);
  world->unsubscribe(2);
  world->run_for(5s);

  EXPECT_EQ(world->shard().status, ShardStatus::kClosed);
  EXPECT_THAT(world->connected(), IsEmpty());
  EXPECT_THAT(world->forgotten, ::testing::UnorderedElementsAreArray(ids({1, 2})));
}

TEST_P(ShardSwitchoverInPhaseTest, AStandbyThatNeverGetsFurtherIsGivenUp) {
  if (GetParam() != Phase::kOpening) return;  // The later phases have tests of their own.

  world->run_for(10s - 1ns);
  EXPECT_THAT(outcomes(), IsEmpty());
  world->run_for(1ns);

  EXPECT_THAT(outcomes(), ElementsAre(Outcome::kAbandoned));
  EXPECT_EQ(serving(), old);
}

INSTANTIATE_TEST_SUITE_P(AllButIdle, ShardSwitchoverInPhaseTest,
                         ::testing::Values(Phase::kOpening, Phase::kSubscribing, Phase::kProving),
                         [](const auto& phase) { return std::string{to_string(phase.param)}; });

class ShardSwitchoverTriggerTest : public test::ShardSwitchoverFixture {
 protected:
  std::vector<SwitchoverTrigger> triggers() const {
    std::vector<SwitchoverTrigger> result;
    for (const auto& event : world->events_of<event::SwitchoverStarted>()) {
      result.push_back(event.trigger);
    }
    return result;
  }
};

TEST_F(ShardSwitchoverTriggerTest, AgeBeginsOneAtTheInstantAndNotBefore) {
  config.proactive_reconnect_interval(15min);
  start({1});

  world->run_for(15min - 1ns);
  EXPECT_THAT(triggers(), IsEmpty());
  world->run_for(1ns);

  EXPECT_THAT(triggers(), ElementsAre(SwitchoverTrigger::kAge));
}

TEST_F(ShardSwitchoverTriggerTest, AgeCountsFromTheTakeOver) {
  config.proactive_reconnect_interval(15min);
  start({1});
  world->run_for(15min);
  world->run_for(3s);
  send_data();

  world->run_for(15min - 1ns);
  EXPECT_THAT(triggers(), SizeIs(1));
  world->run_for(1ns);
  EXPECT_THAT(triggers(), SizeIs(2));
}

TEST_F(ShardSwitchoverTriggerTest, ARenewalThatFailsIsTriedAgainAfterTheLongestDelay) {
  config.proactive_reconnect_interval(15min);
  start({1});
  world->behaviour.on_dial = World::OnDial::kFail;
  world->run_for(15min);
  ASSERT_THAT(outcomes(), ElementsAre(Outcome::kAbandoned));

  world->run_for(30s - 1ns);
  EXPECT_THAT(triggers(), SizeIs(1));
  world->run_for(1ns);
  EXPECT_THAT(triggers(), SizeIs(2));
}

TEST_F(ShardSwitchoverTriggerTest, AgeReplacesWithAGapWhereSwitchingIsOff) {
  config.proactive_reconnect_interval(15min).hot_switchover(false);
  start({1});

  world->run_for(15min);

  EXPECT_THAT(triggers(), IsEmpty());
  EXPECT_EQ(world->prepares.size(), 2U);
  EXPECT_EQ(world->shard().status, ShardStatus::kLive);
  EXPECT_THAT(world->connected(), SizeIs(1));
  EXPECT_EQ(world->disconnects.back().second.kind, DisconnectKind::kReplaced);
  EXPECT_EQ(world->shard().attempt, 0U);
}

TEST_F(ShardSwitchoverTriggerTest, AgeDoesNotReplaceAStandbyThatIsStillBeingProven) {
  config.proactive_reconnect_interval(5s);
  start({1});
  world->run_for(4s);
  (void)switch_over();

  world->run_for(5s);

  EXPECT_THAT(triggers(), ElementsAre(SwitchoverTrigger::kRequest));
}

TEST_F(ShardSwitchoverTriggerTest, StallBeginsOneAtTheInstantAndNotBefore) {
  config.data_timeout(30s);
  start({1});

  world->run_for(30s - 1ns);
  EXPECT_THAT(triggers(), IsEmpty());
  world->run_for(1ns);

  EXPECT_THAT(triggers(), ElementsAre(SwitchoverTrigger::kStall));
  EXPECT_EQ(world->shard().status, ShardStatus::kLive);
  EXPECT_EQ(world->events_of<event::HealthFailed>()[0].kind, DisconnectKind::kDataTimeout);
  send_data();
  EXPECT_THAT(outcomes(), ElementsAre(Outcome::kUnproven));
}

TEST_F(ShardSwitchoverTriggerTest, AMissedPongBeginsOneWhenTheNextWouldEndTheConnection) {
  config.ping_interval(20s).pong_timeout(10s).failure_threshold(3).data_timeout(std::nullopt);
  start({1});
  const ConnectionId old = world->newest();
  world->server(old).manners().answers_pings = false;

  world->run_for(50s - 1ns);
  EXPECT_THAT(triggers(), IsEmpty());
  world->run_for(1ns);

  EXPECT_THAT(triggers(), ElementsAre(SwitchoverTrigger::kHealth));
  EXPECT_EQ(serving(), old) << "it may have data yet";
  send_data();
  EXPECT_THAT(outcomes(), ElementsAre(Outcome::kUnproven));
}

TEST_F(ShardSwitchoverTriggerTest, TheStandbyOfADoubtfulConnectionTakesOverWhenThatIsDead) {
  config.ping_interval(20s).pong_timeout(10s).failure_threshold(2).data_timeout(1min);
  start({1});
  const ConnectionId old = world->newest();
  world->server(old).manners().answers_pings = false;
  world->behaviour.answers_prepare = false;
  world->run_for(30s);
  ASSERT_THAT(triggers(), ElementsAre(SwitchoverTrigger::kHealth));

  open_standby();
  world->run_for(20s);

  EXPECT_THAT(outcomes(), ElementsAre(Outcome::kPromoted));
  EXPECT_EQ(world->shard().status, ShardStatus::kLive);
}

TEST_F(ShardSwitchoverTriggerTest, AMissedPongBeginsNoneWhereSwitchingIsOff) {
  config.ping_interval(20s).pong_timeout(10s).failure_threshold(2).hot_switchover(false);
  config.data_timeout(std::nullopt);
  start({1});
  world->server().manners().answers_pings = false;

  world->run_for(50s - 1ns);

  EXPECT_THAT(triggers(), IsEmpty());
  EXPECT_EQ(world->shard().status, ShardStatus::kLive);
}

TEST_F(ShardSwitchoverTriggerTest, DataPutsOffAStall) {
  config.data_timeout(30s);
  start({1});
  world->run_for(20s);
  send_data();

  world->run_for(30s - 1ns);
  EXPECT_THAT(triggers(), IsEmpty());
  world->run_for(1ns);
  EXPECT_THAT(triggers(), SizeIs(1));
}

TEST_F(ShardSwitchoverTriggerTest, AFeedThatIsQuietOnBothSidesIsReplacedUnproven) {
  config.data_timeout(30s);
  start({1});
  world->run_for(30s);

  world->run_for(30s);

  EXPECT_THAT(outcomes(), ElementsAre(Outcome::kUnproven));
  EXPECT_THAT(triggers(), SizeIs(1)) << "the silence of the standby counts anew";
  world->run_for(30s);
  EXPECT_THAT(triggers(), SizeIs(2));
}

TEST_F(ShardSwitchoverTriggerTest, AnActiveConnectionThatWakesUpKeepsServing) {
  config.data_timeout(30s);
  start({1});
  const ConnectionId old = world->newest();
  world->run_for(31s);

  world->server(old).send_data();
  world->pump();
  world->run_for(29s);

  EXPECT_THAT(outcomes(), ElementsAre(Outcome::kAbandoned));
  EXPECT_EQ(serving(), old);
}

TEST_F(ShardSwitchoverTriggerTest, FailuresAreForgottenOnlyWhenTheReplacementIsStable) {
  start({1});
  cut();
  world->run_for(100ms + 9s);
  (void)switch_over();
  send_data();
  EXPECT_EQ(world->shard().attempt, 1U);

  world->run_for(10s - 1ns);
  EXPECT_EQ(world->shard().attempt, 1U);
  world->run_for(1ns);
  EXPECT_EQ(world->shard().attempt, 0U);
}

}  // namespace
}  // namespace wsm
