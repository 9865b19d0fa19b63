// What a shard does about messages that are missing: the real machines, and a server in memory.

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/world_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::server_text;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ShardGapsTest : public test::WorldFixture {
 protected:
  /// Messages of the server: "D 3 17" is message 17 of subscription 3, "S 3 17" a snapshot.
  void begin(GapRecovery recovery, std::initializer_list<SubscriptionId::rep> ids = {1, 2}) {
    config.gap_recovery(recovery);
    make().behaviour.inspect = [](std::string_view text) -> Inspected {
      if (text == "drain") return {.role = MessageRole::kDrainNotice};
      return {.role = MessageRole::kData,
              .subscription = SubscriptionId{static_cast<SubscriptionId::rep>(text[2] - '0')},
              .numbering = {.sequence = std::stoull(std::string{text.substr(4)}),
                            .restarts = text.starts_with('S')}};
    };
    start(ids);
  }
  void say(std::string_view text) {
    world->server().send(server_text(text));
    world->pump();
  }
  Counters counters() const { return world->core.metrics(world->now).counters; }
  std::vector<std::string> delivered() const {
    std::vector<std::string> texts;
    for (const auto& [id, text] : world->messages) texts.push_back(text);
    return texts;
  }
};

TEST_F(ShardGapsTest, GoesOnAndCounts) {
  begin(GapRecovery::kGoOn);
  say("D 1 1");

  say("D 1 4");

  EXPECT_THAT(delivered(), ElementsAre("D 1 1", "D 1 4"));
  EXPECT_EQ(counters().messages_lost, 2U);
  EXPECT_EQ(counters().gaps, 1U);
  EXPECT_THAT(world->prepares, SizeIs(1));
}

TEST_F(ShardGapsTest, DropsUntilASnapshotOfThatSubscription) {
  begin(GapRecovery::kDrop);
  say("D 1 1");
  say("D 2 1");

  say("D 1 3");
  say("D 2 2");
  say("D 1 4");
  say("S 1 5");
  say("D 1 6");

  EXPECT_THAT(delivered(), ElementsAre("D 1 1", "D 2 1", "D 2 2", "S 1 5", "D 1 6"));
  EXPECT_EQ(counters().messages_dropped, 2U);
  EXPECT_EQ(counters().messages_lost, 3U);
}

TEST_F(ShardGapsTest, AsksAgainForTheOneThatHasAGap) {
  begin(GapRecovery::kAskAgain);
  say("D 1 1");

  say("D 1 3");

  EXPECT_THAT(world->server().texts(), ElementsAre("sub 1,2", "unsub 1", "sub 1"));
}

TEST_F(ShardGapsTest, ReplacesTheConnectionThatHasAGap) {
  begin(GapRecovery::kReconnect);
  say("D 1 1");

  say("D 1 3");

  const auto begun = world->events_of<event::SwitchoverStarted>();
  ASSERT_THAT(begun, SizeIs(1));
  EXPECT_EQ(begun[0].trigger, SwitchoverTrigger::kGap);
}

TEST_F(ShardGapsTest, ReplacesOnceInTheLongestDelay) {
  begin(GapRecovery::kReconnect);
  say("D 1 1");
  say("D 1 3");
  say("D 1 4");  // On the standby, which takes over when both subscriptions are proven.
  say("D 2 1");
  world->run_for(StreamJoin::kSettle);
  ASSERT_THAT(world->events_of<event::SwitchoverFinished>(), SizeIs(1));

  say("D 2 3");

  EXPECT_THAT(world->events_of<event::SwitchoverStarted>(), SizeIs(1));
}

TEST_F(ShardGapsTest, ReplacesWithAGapWhereNoStandbyIsAllowed) {
  config.hot_switchover(false);
  begin(GapRecovery::kReconnect);
  say("D 1 1");

  say("D 1 3");

  EXPECT_THAT(world->prepares, SizeIs(2));
  EXPECT_THAT(world->events_of<event::SwitchoverStarted>(), IsEmpty());
}

TEST_F(ShardGapsTest, TellsAGapForEachSubscriptionOfALostConnection) {
  begin(GapRecovery::kGoOn);
  say("D 1 1");
  say("D 2 1");

  cut();
  world->run_for(1s);

  const auto opened = world->events_of<event::GapOpened>();
  ASSERT_THAT(opened, SizeIs(2));
  EXPECT_EQ(opened[0].cause, GapCause::kReconnect);
  say("D 1 2");
  say("D 2 5");
  const auto closed = world->events_of<event::GapClosed>();
  ASSERT_THAT(closed, SizeIs(2));
  EXPECT_EQ(closed[0].lost, 0U);
  EXPECT_EQ(closed[1].lost, 3U);
  EXPECT_EQ(counters().gaps, 1U);
}

/// Numbers that each connection gives to what has the same key: "1 17" is the first, with key 17.
TEST_F(ShardGapsTest, AReplacementIsNoGapWhereEachConnectionCountsForItself) {
  make().behaviour.inspect = [](std::string_view text) -> Inspected {
    Inspected data{.role = MessageRole::kData, .subscription = SubscriptionId{1}};
    data.numbering = {.sequence = std::stoull(std::string{text.substr(0, 1)}),
                      .scope = NumberingScope::kConnection,
                      .key = std::stoull(std::string{text.substr(2)})};
    return data;
  };
  start({1});
  say("1 10");
  say("2 11");
  ASSERT_TRUE(world->core.hot_switchover(ShardId{0}, world->now));
  world->pump();
  const ConnectionId old = world->prepares.at(0);
  const ConnectionId fresh = world->prepares.at(1);
  const auto say_on = [&](ConnectionId connection, std::string_view text) {
    world->server(connection).send(server_text(text));
    world->pump();
  };
  say_on(old, "3 12");
  say_on(fresh, "1 12");
  say_on(fresh, "2 13");
  say_on(old, "4 13");
  say_on(fresh, "3 14");
  world->run_for(1s);

  EXPECT_THAT(delivered(), ElementsAre("1 10", "2 11", "3 12", "2 13", "3 14"));
  EXPECT_THAT(world->events_of<event::SwitchoverFinished>(), SizeIs(1));
  EXPECT_THAT(world->events_of<event::GapClosed>(), IsEmpty());
  EXPECT_EQ(counters().gaps, 0U);
}

}  // namespace
}  // namespace wsm
