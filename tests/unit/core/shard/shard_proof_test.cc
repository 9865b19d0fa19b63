// When a standby may take over: the real machines, and servers in memory.

#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/join/number_join.h"
#include "unit/core/shard/shard_switchover_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::server_text;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ShardProofTest : public test::ShardSwitchoverFixture {
 protected:
  static constexpr ConnectionId kOld{ShardId{0}, Generation{1}};
  static constexpr ConnectionId kNew{ShardId{0}, Generation{2}};

  /// Messages of the server: "D 3 17" is message 17 of subscription 3.
  void begin(std::initializer_list<SubscriptionId::rep> ids = {1, 2}) {
    config.data_timeout(20s);
    make().behaviour.inspect = [](std::string_view text) -> Inspected {
      if (text == "drain") return {.role = MessageRole::kDrainNotice};
      if (text == "hello") return {.role = MessageRole::kData};
      return {.role = MessageRole::kData,
              .subscription = SubscriptionId{static_cast<SubscriptionId::rep>(text[2] - '0')},
              .numbering = {.sequence = std::stoull(std::string{text.substr(4)})}};
    };
    start(ids);
  }
  void say(ConnectionId connection, std::string_view text) {
    world->server(connection).send(server_text(text));
    world->pump();
  }
  /// Both have data of 1, the old one of 2 as well.
  void go_on_until_decided() {
    for (int number = 2; outcomes().empty() && number < 200; ++number) {
      const std::string text = std::to_string(number);
      say(kOld, "D 1 " + text);
      say(kOld, "D 2 " + text);
      say(kNew, "D 1 " + text);
      world->run_for(1s);
    }
  }
  std::vector<std::string> delivered() const {
    std::vector<std::string> texts;
    for (const auto& [id, text] : world->messages) texts.push_back(text);
    return texts;
  }
};

TEST_F(ShardProofTest, TakesOverWhenEachSubscriptionIsProven) {
  begin();
  say(kOld, "D 1 1");
  say(kOld, "D 2 1");
  ASSERT_TRUE(switch_over());

  say(kNew, "D 1 2");
  EXPECT_THAT(outcomes(), IsEmpty()) << "the other one is not";
  say(kNew, "D 2 2");

  EXPECT_THAT(outcomes(), ElementsAre(SwitchoverOutcome::kProven));
  EXPECT_THAT(delivered(), ElementsAre("D 1 1", "D 2 1", "D 1 2", "D 2 2"));
}

/// The one that serves is new itself: it has only been asked for what another one had brought.
TEST_F(ShardProofTest, WaitsForWhatTheServingOneHasNotBegunToBring) {
  begin({1});
  say(kOld, "D 1 1");
  cut();
  world->run_for(1s);
  ASSERT_TRUE(switch_over());
  const ConnectionId standby{ShardId{0}, Generation{3}};

  say(standby, "D 1 4");
  say(kNew, "D 1 2");
  say(kNew, "D 1 3");

  EXPECT_THAT(delivered(), ElementsAre("D 1 1", "D 1 2", "D 1 3", "D 1 4"));
  EXPECT_THAT(outcomes(), ElementsAre(SwitchoverOutcome::kProven));
  EXPECT_EQ(world->core.metrics(world->now).counters.messages_lost, 0U);
}

/// Neither has brought anything else; but a connection before them has.
TEST_F(ShardProofTest, DataOfNobodyProvesNothingWhereDataCanBeToldApart) {
  begin();
  say(kOld, "D 1 1");
  cut();
  world->run_for(1s);
  ASSERT_TRUE(switch_over());

  say(world->newest(), "hello");

  EXPECT_THAT(outcomes(), IsEmpty());
}

TEST_F(ShardProofTest, DeliversOnceWhatBothBringAndKeepsTheOrder) {
  begin({1});
  say(kOld, "D 1 1");
  ASSERT_TRUE(switch_over());

  say(kNew, "D 1 3");
  world->server(kOld).send(server_text("D 1 2") + server_text("D 1 3"));
  world->pump();
  say(kNew, "D 1 4");

  EXPECT_THAT(delivered(), ElementsAre("D 1 1", "D 1 2", "D 1 3", "D 1 4"));
  EXPECT_EQ(world->core.metrics(world->now).counters.duplicates_removed, 1U);
  EXPECT_EQ(world->core.metrics(world->now).counters.gaps, 0U);
}

TEST_F(ShardProofTest, OpensNoGapForWhatIsProvenWhenTheOldOneDies) {
  begin();
  say(kOld, "D 1 1");
  say(kOld, "D 2 1");
  ASSERT_TRUE(switch_over());
  say(kNew, "D 1 2");

  world->server(kOld).cut();
  world->pump();

  const auto opened = world->events_of<event::GapOpened>();
  ASSERT_THAT(opened, SizeIs(1));
  EXPECT_EQ(opened[0].subscription.id, SubscriptionId{2});
  EXPECT_THAT(outcomes(), ElementsAre(SwitchoverOutcome::kPromoted));
}

TEST_F(ShardProofTest, DeliversWhatTheNewOneWasAheadWithWhenTheOldOneDies) {
  begin({1});
  say(kOld, "D 1 1");
  ASSERT_TRUE(switch_over());
  say(kNew, "D 1 4");
  EXPECT_THAT(delivered(), ElementsAre("D 1 1"));

  world->server(kOld).cut();
  world->pump();

  EXPECT_THAT(delivered(), ElementsAre("D 1 1", "D 1 4"));
  EXPECT_EQ(world->core.metrics(world->now).counters.messages_lost, 2U);
}

TEST_F(ShardProofTest, TakesOverUnprovenWhenTheFeedIsQuiet) {
  begin();
  say(kOld, "D 1 1");
  ASSERT_TRUE(switch_over());

  say(kNew, "D 1 2");
  world->run_for(19s);
  EXPECT_THAT(outcomes(), IsEmpty());
  world->run_for(1s);

  EXPECT_THAT(outcomes(), ElementsAre(SwitchoverOutcome::kUnproven));
}

TEST_F(ShardProofTest, GivesUpANewOneThatLacksASubscriptionOfTheOldOne) {
  begin();
  ASSERT_TRUE(switch_over());
  say(kOld, "D 1 1");
  say(kNew, "D 1 1");
  world->run_for(10s);
  say(kOld, "D 2 1");

  world->run_for(10s);

  EXPECT_THAT(outcomes(), ElementsAre(SwitchoverOutcome::kAbandoned));
}

TEST_F(ShardProofTest, ProvesByWhatHasWaited) {
  begin({1});
  ASSERT_TRUE(switch_over());
  say(kNew, "D 1 5");
  EXPECT_THAT(delivered(), IsEmpty());

  world->run_for(NumberJoin::kSettle);

  EXPECT_THAT(delivered(), ElementsAre("D 1 5"));
  EXPECT_THAT(outcomes(), ElementsAre(SwitchoverOutcome::kProven));
}

TEST_F(ShardProofTest, WaitsUntilTheStandbyHasBeenAskedForWhatCameMeanwhile) {
  config.messages_per_window(2).window(10s);
  begin({1});
  say(kOld, "D 1 1");
  world->run_for(15s);
  ASSERT_TRUE(switch_over());

  world->subscribe({3});
  say(kOld, "D 3 1");
  say(kNew, "D 1 2");
  EXPECT_THAT(outcomes(), IsEmpty()) << "it has no slot for 3 yet";
  world->run_for(10s);
  say(kNew, "D 3 2");

  EXPECT_THAT(outcomes(), ElementsAre(SwitchoverOutcome::kProven));
  EXPECT_THAT(world->events_of<event::GapOpened>(), IsEmpty());
}

/// No message can be made for it any more: the old one, which carries it, goes on.
TEST_F(ShardProofTest, AStandbyThatCannotBeAskedForWhatTheOldOneHasIsGivenUp) {
  begin();
  say(kOld, "D 1 1");
  say(kOld, "D 2 1");
  world->behaviour.unrenderable = {SubscriptionId{2}};
  ASSERT_TRUE(switch_over());

  go_on_until_decided();

  EXPECT_THAT(outcomes(), ElementsAre(SwitchoverOutcome::kAbandoned));
  EXPECT_THAT(world->events_of<event::GapOpened>(), IsEmpty());
}

/// Nor could the old one.
TEST_F(ShardProofTest, DoesNotWaitForWhatNobodyCouldBeAskedFor) {
  begin({1});
  world->behaviour.unrenderable = {SubscriptionId{2}};
  world->subscribe({2});
  say(kOld, "D 1 1");
  ASSERT_TRUE(switch_over());

  say(kNew, "D 1 2");

  EXPECT_THAT(outcomes(), ElementsAre(SwitchoverOutcome::kProven));
}

/// Where the old one is to close anyway. It costs those nothing that were asked for and have
/// nothing to say.
TEST_F(ShardProofTest, WhatCannotBeAskedForIsTheOnlyGap) {
  begin({1, 2, 3});
  for (const char* text : {"D 1 1", "D 2 1", "D 3 1"}) say(kOld, text);
  world->behaviour.unrenderable = {SubscriptionId{2}};
  say(kOld, "drain");

  go_on_until_decided();

  EXPECT_THAT(outcomes(), ElementsAre(SwitchoverOutcome::kUnproven));
  const auto gaps = world->events_of<event::GapOpened>();
  ASSERT_THAT(gaps, SizeIs(1)) << "3 is quiet, and has been asked for";
  EXPECT_EQ(gaps[0].subscription.id, SubscriptionId{2});
}

TEST_F(ShardProofTest, IsProvenWhenTheLastThatWasNotIsUnsubscribed) {
  begin();
  say(kOld, "D 1 1");
  ASSERT_TRUE(switch_over());
  say(kNew, "D 1 2");

  world->unsubscribe(2);

  EXPECT_THAT(outcomes(), ElementsAre(SwitchoverOutcome::kProven));
}

/// Neither server has heard of its end, so that none is asked for it again.
TEST_F(ShardProofTest, WhatIsWantedAgainIsProvenAgain) {
  config.messages_per_window(2).window(10s);
  begin();
  say(kOld, "D 1 1");
  say(kOld, "D 2 1");
  world->run_for(15s);
  ASSERT_TRUE(switch_over());
  ASSERT_TRUE(world->core.send(ShardId{0}, OutgoingMessage::text("takes the slot")));
  world->pump();

  world->unsubscribe(2);
  world->subscribe({2});
  say(kNew, "D 1 2");
  EXPECT_THAT(outcomes(), IsEmpty());
  say(kNew, "D 2 2");

  EXPECT_THAT(outcomes(), ElementsAre(SwitchoverOutcome::kProven));
}

}  // namespace
}  // namespace wsm
