// stop() from every status, and what ids and commands are worth afterwards.

#include <chrono>
#include <functional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/world_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::ClientFrame;
using test::close_payload;
using test::ScriptedServer;
using test::World;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SupervisorStopTest : public test::WorldFixture {
 protected:
  SupervisorStatus status() const { return world->core.status(); }
};

TEST_F(SupervisorStopTest, SaysGoodbyeAndEndsWithTheLastConnection) {
  start({1, 2}, 1);

  world->stop(1s);

  EXPECT_EQ(status(), SupervisorStatus::kStopped);
  for (const ShardId::rep shard : {0U, 1U}) {
    EXPECT_THAT(world->server(shard).frames(),
                Contains(ClientFrame{Opcode::kClose, close_payload(1001)}));
  }
  EXPECT_THAT(world->events_of<event::Stopped>(), SizeIs(1));
  EXPECT_EQ(world->disconnects.back().second.kind, DisconnectKind::kStopped);
  EXPECT_THAT(world->errors, IsEmpty());
}

TEST_F(SupervisorStopTest, CutsOffAtTheDeadlineAndNotBefore) {
  make().behaviour.manners.answers_close = false;
  start({1});

  world->stop(1s);
  EXPECT_EQ(world->core.next_deadline(), world->now + 1s);
  world->run_for(1s - 1ns);
  EXPECT_EQ(status(), SupervisorStatus::kStopping);
  world->run_for(1ns);

  EXPECT_EQ(status(), SupervisorStatus::kStopped);
  EXPECT_THAT(world->connected(), IsEmpty());
  EXPECT_EQ(world->core.next_deadline(), std::nullopt);
}

TEST_F(SupervisorStopTest, DoesNotWaitForADeadlineThatIsFarAway) {
  make().behaviour.manners.answers_close = false;
  start({1});

  world->stop(1h);
  world->run_for(5s);

  EXPECT_EQ(status(), SupervisorStatus::kStopped) << "close_timeout";
}

TEST_F(SupervisorStopTest, CanBeHurriedButNotDelayed) {
  make().behaviour.manners.answers_close = false;
  start({1});
  world->stop(3s);

  world->stop(4s);
  EXPECT_EQ(world->core.next_deadline(), world->now + 3s);
  world->stop(2s);
  EXPECT_EQ(world->core.next_deadline(), world->now + 2s);
}

TEST_F(SupervisorStopTest, StopsAtOnceWithADeadlineThatHasPassed) {
  make().behaviour.manners.answers_close = false;
  start({1});

  world->stop(0s);
  world->run_for(0s);

  EXPECT_EQ(status(), SupervisorStatus::kStopped);
}

TEST_F(SupervisorStopTest, StopsWhatWasNeverStarted) {
  make();

  world->stop(1s);

  EXPECT_EQ(status(), SupervisorStatus::kStopped);
  EXPECT_THAT(world->events_of<event::Stopped>(), SizeIs(1));
}

TEST_F(SupervisorStopTest, StopsOnce) {
  start({1});
  world->stop(1s);

  world->stop(1s);

  EXPECT_THAT(world->events_of<event::Stopped>(), SizeIs(1));
}

TEST_F(SupervisorStopTest, ObeysNoCommandAfterwards) {
  start({1});
  world->stop(1s);

  EXPECT_EQ(world->core.start({}, 5, world->now).error().code, Errc::kStopped);
  EXPECT_EQ(world->core.reconnect_shard(ShardId{0}, world->now).error().code, Errc::kStopped);
  EXPECT_EQ(world->core.hot_switchover(ShardId{0}, world->now).error().code, Errc::kStopped);
  EXPECT_EQ(world->subscribe(SubscriptionId{2}).error->code, Errc::kStopped);
  EXPECT_FALSE(world->core.is_live());
  EXPECT_THAT(world->forgotten, ElementsAre(SubscriptionId{2}));
}

TEST_F(SupervisorStopTest, ForgetsWhatIsEndedWhileItStops) {
  make().behaviour.manners.answers_close = false;
  start({1, 2});
  world->stop(1s);

  EXPECT_EQ(world->unsubscribe(1).status, UnsubscribeStatus::kRemoved);

  EXPECT_THAT(world->forgotten, ElementsAre(SubscriptionId{1}));
}

TEST_F(SupervisorStopTest, ForgetsWhatIsEndedAfterwards) {
  start({1, 2});
  world->stop(1s);

  EXPECT_EQ(world->unsubscribe(1).status, UnsubscribeStatus::kRemoved);
  EXPECT_EQ(world->unsubscribe(1).status, UnsubscribeStatus::kNotSubscribed);

  EXPECT_THAT(world->forgotten, ElementsAre(SubscriptionId{1}));
}

TEST_F(SupervisorStopTest, DeliversWhatArrivesUntilTheEnd) {
  make().behaviour.manners.answers_close = false;
  start({1});
  world->stop(5s);

  send_data();

  EXPECT_THAT(world->messages, ElementsAre(::testing::Pair(world->newest(), "data")));
}

/// A status of a shard, and how it is brought about.
struct Situation {
  const char* name;
  ShardStatus status;
  std::function<void(World::Behaviour&)> before;
  bool is_cut = false;
};

class SupervisorStopSituationTest : public SupervisorStopTest,
                                    public ::testing::WithParamInterface<Situation> {};

TEST_P(SupervisorStopSituationTest, StopsWithinTheDeadline) {
  config.max_connect_attempts(GetParam().status == ShardStatus::kSuspended ? 1 : 10);
  make().behaviour.manners.answers_close = false;
  GetParam().before(world->behaviour);
  start({1, 2}, 1);
  if (GetParam().is_cut) cut();
  ASSERT_EQ(world->shard().status, GetParam().status);

  world->stop(2s);
  world->run_for(2s);

  EXPECT_EQ(status(), SupervisorStatus::kStopped);
  EXPECT_THAT(world->connected(), IsEmpty());
  EXPECT_EQ(world->core.next_deadline(), std::nullopt);
  EXPECT_EQ(world->core.metrics(world->now).active_connections, 0U);
}

INSTANTIATE_TEST_SUITE_P(
    All, SupervisorStopSituationTest,
    ::testing::Values(
        Situation{"Preparing", ShardStatus::kConnecting,
                  [](World::Behaviour& b) { b.answers_prepare = false; }},
        Situation{"Dialing", ShardStatus::kConnecting,
                  [](World::Behaviour& b) { b.on_dial = World::OnDial::kIgnore; }},
        Situation{
            "Upgrading", ShardStatus::kConnecting,
            [](World::Behaviour& b) { b.manners.on_upgrade = ScriptedServer::OnUpgrade::kIgnore; }},
        Situation{"Greeting", ShardStatus::kConnecting,
                  [](World::Behaviour& b) { b.answers_greet = false; }},
        Situation{"Requesting", ShardStatus::kLive,
                  [](World::Behaviour& b) { b.answers_render = false; }},
        Situation{"Live", ShardStatus::kLive, [](World::Behaviour&) {}},
        Situation{"BackingOff", ShardStatus::kBackingOff, [](World::Behaviour&) {}, true},
        Situation{"Suspended", ShardStatus::kSuspended, [](World::Behaviour&) {}, true},
        Situation{"StoppedByOnError", ShardStatus::kSuspended,
                  [](World::Behaviour& b) { b.error_answer = ErrorAnswer::kStop; }, true}),
    [](const auto& situation) { return situation.param.name; });

}  // namespace
}  // namespace wsm
