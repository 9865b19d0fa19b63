// When a standby may take over: the real machines, and servers in memory.

#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/join/number_join.h"
#include "support/world_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::server_text;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ShardProofTest : public test::WorldFixture {
 protected:
  static constexpr ConnectionId kOld{ShardId{0}, Generation{1}};
  static constexpr ConnectionId kNew{ShardId{0}, Generation{2}};

  /// Messages of the server: "D 3 17" is message 17 of subscription 3.
  void begin(std::initializer_list<SubscriptionId::rep> ids = {1, 2}) {
    config.data_timeout(20s);
    make().behaviour.inspect = [](std::string_view text) -> Inspected {
      return {.role = MessageRole::kData,
              .subscription = SubscriptionId{static_cast<SubscriptionId::rep>(text[2] - '0')},
              .numbering = {.sequence = std::stoull(std::string{text.substr(4)})}};
    };
    start(ids);
  }
  void switch_over() {
    ASSERT_TRUE(world->core.hot_switchover(ShardId{0}, world->now));
    world->pump();
  }
  void say(ConnectionId connection, std::string_view text) {
    world->server(connection).send(server_text(text));
    world->pump();
  }
  std::vector<std::string> delivered() const {
    std::vector<std::string> texts;
    for (const auto& [id, text] : world->messages) texts.push_back(text);
    return texts;
  }
  std::vector<SwitchoverOutcome> outcomes() const {
    std::vector<SwitchoverOutcome> all;
    for (const auto& finished : world->events_of<event::SwitchoverFinished>()) {
      all.push_back(finished.outcome);
    }
    return all;
  }
};

TEST_F(ShardProofTest, TakesOverWhenEachSubscriptionIsProven) {
  begin();
  say(kOld, "D 1 1");
  say(kOld, "D 2 1");
  switch_over();

  say(kNew, "D 1 2");
  EXPECT_THAT(outcomes(), IsEmpty()) << "the other one is not";
  say(kNew, "D 2 2");

  EXPECT_THAT(outcomes(), ElementsAre(SwitchoverOutcome::kProven));
  EXPECT_THAT(delivered(), ElementsAre("D 1 1", "D 2 1", "D 1 2", "D 2 2"));
}

TEST_F(ShardProofTest, DeliversOnceWhatBothBringAndKeepsTheOrder) {
  begin({1});
  say(kOld, "D 1 1");
  switch_over();

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
  switch_over();
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
  switch_over();
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
  switch_over();

  say(kNew, "D 1 2");
  world->run_for(19s);
  EXPECT_THAT(outcomes(), IsEmpty());
  world->run_for(1s);

  EXPECT_THAT(outcomes(), ElementsAre(SwitchoverOutcome::kUnproven));
}

TEST_F(ShardProofTest, GivesUpANewOneThatLacksASubscriptionOfTheOldOne) {
  begin();
  switch_over();
  say(kOld, "D 1 1");
  say(kNew, "D 1 1");
  world->run_for(10s);
  say(kOld, "D 2 1");

  world->run_for(10s);

  EXPECT_THAT(outcomes(), ElementsAre(SwitchoverOutcome::kAbandoned));
}

TEST_F(ShardProofTest, ProvesByWhatHasWaited) {
  begin({1});
  switch_over();
  say(kNew, "D 1 5");
  EXPECT_THAT(delivered(), IsEmpty());

  world->run_for(NumberJoin::kSettle);

  EXPECT_THAT(delivered(), ElementsAre("D 1 5"));
  EXPECT_THAT(outcomes(), ElementsAre(SwitchoverOutcome::kProven));
}

}  // namespace
}  // namespace wsm
