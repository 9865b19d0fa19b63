// Where a shard goes when its handler names several places.

#include <chrono>
#include <initializer_list>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/server_codec.h"
#include "support/world_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::server_text;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

class ShardEndpointsTest : public test::WorldFixture {
 protected:
  ShardEndpointsTest() { config.circuit_breaker_threshold(3); }

  void begin(std::initializer_list<SubscriptionId::rep> ids = {1}, std::size_t capacity = 500) {
    if (!world) make();
    world->behaviour.urls = {"ws://a.test/", "ws://b.test/", "ws://c.test/"};
    start(ids, capacity);
  }
  /// Where it was dialed since the last call.
  std::vector<std::string> dialed() { return std::exchange(world->dialed_hosts, {}); }
  void kill(std::set<std::string> hosts) { world->behaviour.dead_hosts = std::move(hosts); }
  [[nodiscard]] std::uint64_t trips() const {
    return world->core.metrics(world->now).counters.circuit_breaker_trips;
  }
};

TEST_F(ShardEndpointsTest, GoesToTheFirst) {
  begin();

  EXPECT_THAT(dialed(), ElementsAre("a.test"));
}

TEST_F(ShardEndpointsTest, GoesOnToTheNextAfterEachFailure) {
  make();
  kill({"a.test", "b.test"});

  begin();
  world->run_for(100ms + 200ms);

  EXPECT_THAT(dialed(), ElementsAre("a.test", "b.test", "c.test"));
  EXPECT_TRUE(world->core.is_live());
}

TEST_F(ShardEndpointsTest, GoesElsewhereWhenAConnectionIsLost) {
  begin();

  cut();
  world->run_for(100ms);

  EXPECT_THAT(dialed(), ElementsAre("a.test", "b.test"));
}

TEST_F(ShardEndpointsTest, StaysWhereItIsAsLongAsAllIsWell) {
  config.proactive_reconnect_interval(10min);
  begin();
  cut();
  world->run_for(10s);
  ASSERT_THAT(dialed(), ElementsAre("a.test", "b.test"));

  world->run_for(20min);

  EXPECT_THAT(dialed(), AllOf(Not(IsEmpty()), Each("b.test")));
}

TEST_F(ShardEndpointsTest, ASilentConnectionIsReplacedElsewhere) {
  config.data_timeout(30s);
  begin();

  world->run_for(30s);

  EXPECT_THAT(dialed(), ElementsAre("a.test", "b.test"));
}

TEST_F(ShardEndpointsTest, ADrainNoticeIsObeyedElsewhere) {
  make().behaviour.inspect = [](std::string_view) {
    return Inspected{.role = MessageRole::kDrainNotice};
  };
  begin();

  world->server().send(server_text("drain"));
  world->pump();

  EXPECT_THAT(dialed(), ElementsAre("a.test", "b.test"));
}

class DrainNoticeTest : public ShardEndpointsTest {
 protected:
  /// "drain URL", or "drain" alone.
  DrainNoticeTest() {
    make().behaviour.inspect = [](std::string_view text) {
      if (!text.starts_with("drain")) return Inspected{.role = MessageRole::kOther};
      Inspected notice{.role = MessageRole::kDrainNotice};
      if (text.size() > 6) notice.next_url = std::string{text.substr(6)};
      return notice;
    };
  }
  void say(std::string_view text) {
    world->server({ShardId{0}, Generation{1}}).send(server_text(std::string{text}));
    world->pump();
  }
  [[nodiscard]] event::DrainNoticed notice() {
    const auto told = world->events_of<event::DrainNoticed>();
    EXPECT_THAT(told, SizeIs(1));
    return told.empty() ? event::DrainNoticed{} : told.back();
  }
};

TEST_F(DrainNoticeTest, GoesWhereTheServerWantsIt) {
  begin();
  (void)dialed();

  say("drain ws://other.test:81/x");

  EXPECT_THAT(dialed(), ElementsAre("other.test"));
  EXPECT_EQ(notice().endpoint, "other.test:81");
  EXPECT_EQ(notice().refusal, "");
}

TEST_F(DrainNoticeTest, GoesThereOnlyOnce) {
  begin();
  kill({"other.test"});
  (void)dialed();

  say("drain ws://other.test/");
  world->run_for(10min);

  EXPECT_THAT(dialed(), ElementsAre("other.test", "b.test"));
}

TEST_F(DrainNoticeTest, AUrlThatIsNoneIsToldAndTheConnectionIsReplacedAllTheSame) {
  begin();
  (void)dialed();

  say("drain http://other.test/");

  EXPECT_THAT(dialed(), ElementsAre("b.test"));
  EXPECT_NE(notice().refusal, "");
}

TEST_F(DrainNoticeTest, NeverGoesFromTlsToPlainText) {
  world->behaviour.urls = {"wss://a.test/", "wss://b.test/"};
  start({1});
  (void)dialed();

  say("drain ws://other.test/");

  EXPECT_THAT(dialed(), ElementsAre("b.test"));
  EXPECT_THAT(notice().refusal, HasSubstr("from wss to ws"));
}

TEST_F(DrainNoticeTest, IsNotForgottenWhenAnotherSwitchoverFails) {
  begin();
  world->behaviour.on_dial = test::World::OnDial::kIgnore;
  ASSERT_TRUE(world->core.hot_switchover(ShardId{0}, world->now));
  world->pump();
  say("drain");
  EXPECT_THAT(world->events_of<event::SwitchoverStarted>(), SizeIs(1));
  world->behaviour.on_dial = test::World::OnDial::kConnect;

  world->run_for(5min);

  const auto started = world->events_of<event::SwitchoverStarted>();
  ASSERT_THAT(started, SizeIs(2));
  EXPECT_EQ(started[1].trigger, SwitchoverTrigger::kDrainNotice);
}

TEST_F(ShardEndpointsTest, AHookThatFailsSaysNothingOfThePlace) {
  begin();
  world->behaviour.answers_prepare = false;
  ASSERT_TRUE(world->core.hot_switchover(ShardId{0}, world->now));
  world->pump();
  world->core.handle_prepared(
      world->newest(), Failure{DisconnectReason{.kind = DisconnectKind::kHookFailed}}, world->now);
  world->behaviour.answers_prepare = true;
  ASSERT_TRUE(world->core.hot_switchover(ShardId{0}, world->now));
  world->pump();

  EXPECT_THAT(dialed(), ElementsAre("a.test", "a.test"));
}

TEST_F(ShardEndpointsTest, AUrlThatIsNoneIsToldAndPassedOver) {
  make().behaviour.urls = {"http://a.test/", "ws://b.test/"};
  start({1});
  ASSERT_THAT(world->errors, SizeIs(1));
  EXPECT_EQ(world->errors[0].second.kind, DisconnectKind::kInvalidUrl);

  world->run_for(30s);

  EXPECT_THAT(dialed(), ElementsAre("b.test"));
}

TEST_F(ShardEndpointsTest, PassesOverAPlaceWhoseBreakerIsOpen) {
  make();
  kill({"a.test"});
  begin({1, 2, 3}, 1);
  world->run_for(100ms);
  ASSERT_EQ(trips(), 1U);
  ASSERT_TRUE(world->core.is_live());
  (void)dialed();

  world->subscribe({4});
  world->pump();

  EXPECT_THAT(dialed(), ElementsAre("b.test")) << "it has never dialed, and need not wait";
}

TEST_F(ShardEndpointsTest, AShardThatHasJustLostItsConnectionIsNotTheProbe) {
  make();
  kill({"a.test"});
  begin({1, 2, 3}, 1);
  world->run_for(1h);
  (void)dialed();

  for (const ShardId::rep shard : {0U, 1U, 2U}) cut(shard);
  world->run_for(100ms);
  EXPECT_THAT(dialed(), ElementsAre("c.test", "c.test", "c.test"));
  for (const ShardId::rep shard : {0U, 1U, 2U}) cut(shard);
  world->run_for(200ms);

  EXPECT_THAT(dialed(), ElementsAre("a.test", "b.test", "b.test"))
      << "failures are not forgotten, so the first probes; one at a time";
}

TEST_F(ShardEndpointsTest, WhereAllAreDownEachIsProbedByOneAtATime) {
  begin({1, 2, 3, 4, 5, 6}, 1);
  kill({"a.test", "b.test", "c.test"});
  for (ShardId::rep shard = 0; shard < 6; ++shard) cut(shard);
  world->run_for(10s);
  ASSERT_EQ(trips(), 3U);
  (void)dialed();

  world->run_for(30s);
  EXPECT_THAT(dialed(), UnorderedElementsAre("a.test", "b.test", "c.test"));
  kill({"a.test", "b.test"});
  world->run_for(30s);

  EXPECT_TRUE(world->core.is_live()) << "all go where the first has connected";
}

TEST_F(ShardEndpointsTest, AHandlerThatMovesAwayIsFollowed) {
  config.circuit_breaker_threshold(1);
  begin({1, 2}, 1);
  kill({"a.test", "b.test", "c.test"});
  for (const ShardId::rep shard : {0U, 1U}) cut(shard);
  world->run_for(10s);
  ASSERT_FALSE(world->core.is_live());

  world->behaviour.urls = {"ws://d.test/"};
  world->run_for(30s);

  EXPECT_TRUE(world->core.is_live());
}

/// A server that shuts down tells both sides.
TEST_F(DrainNoticeTest, IsNotForgottenWhenTheStandbyGetsOneAsWellAndDies) {
  begin();
  say("drain");
  const ConnectionId standby = world->newest();
  world->server(standby).send(test::server_text("drain"));
  world->server(standby).cut();
  world->pump();
  ASSERT_THAT(world->events_of<event::SwitchoverStarted>(), SizeIs(1));

  world->run_for(5min);

  const auto started = world->events_of<event::SwitchoverStarted>();
  ASSERT_GE(started.size(), 2U);
  EXPECT_EQ(started[1].trigger, SwitchoverTrigger::kDrainNotice);
}

}  // namespace
}  // namespace wsm
