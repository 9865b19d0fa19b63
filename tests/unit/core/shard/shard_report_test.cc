// What a switchover is said to have come to, when the connection that had to go is over.

#include <chrono>
#include <string>

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

class ShardReportTest : public test::WorldFixture {
 protected:
  static constexpr ConnectionId kOld{ShardId{0}, Generation{1}};
  static constexpr ConnectionId kNew{ShardId{0}, Generation{2}};

  /// Messages of the server: "D 3 17" is message 17 of subscription 3.
  void begin(std::initializer_list<SubscriptionId::rep> ids) {
    config.data_timeout(20s);
    make().behaviour.inspect = [](std::string_view text) -> Inspected {
      return {.role = MessageRole::kData,
              .subscription = SubscriptionId{static_cast<SubscriptionId::rep>(text[2] - '0')},
              .numbering = {.sequence = std::stoull(std::string{text.substr(4)})}};
    };
    world->behaviour.manners.answers_close = false;  // The old one drains until it is cut.
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
  std::vector<event::SwitchoverReported> reports() const {
    return world->events_of<event::SwitchoverReported>();
  }
};

TEST_F(ShardReportTest, SaysWhatWasProvenRemovedAndHeldAndWhatTheDrainTook) {
  begin({1, 2});
  say(kOld, "D 1 1");
  say(kOld, "D 2 1");
  switch_over();
  world->run_for(1s);
  say(kNew, "D 1 3");
  say(kOld, "D 1 2");
  say(kNew, "D 2 2");
  ASSERT_THAT(world->events_of<event::SwitchoverFinished>(), SizeIs(1));
  EXPECT_THAT(reports(), IsEmpty()) << "the old one may still bring something";
  world->run_for(500ms);
  say(kOld, "D 2 2");
  world->server(kOld).cut();
  world->pump();

  ASSERT_THAT(reports(), SizeIs(1));
  const event::SwitchoverReported report = reports()[0];
  EXPECT_EQ(report.shard, ShardId{0});
  EXPECT_EQ(report.trigger, SwitchoverTrigger::kRequest);
  EXPECT_EQ(report.outcome, SwitchoverOutcome::kProven);
  EXPECT_EQ(report.proven, 2U);
  EXPECT_THAT(report.unproven, IsEmpty());
  EXPECT_THAT(report.interrupted, IsEmpty());
  EXPECT_EQ(report.duplicates_removed, 1U);
  EXPECT_EQ(report.messages_held, 1U);
  EXPECT_EQ(report.opening + report.subscribing, 0s);
  EXPECT_EQ(report.proving, 1s);
  EXPECT_EQ(report.draining, 500ms);
}

TEST_F(ShardReportTest, SaysWhatWasLostAndOfWhat) {
  begin({1, 2});
  say(kOld, "D 1 1");
  say(kOld, "D 2 1");
  switch_over();
  say(kNew, "D 1 5");  // The old one is silent, and 2 to 4 do not come.
  say(kNew, "D 2 2");
  world->run_for(21s);
  world->server(kOld).cut();
  world->pump();

  const auto gaps = world->events_of<event::GapClosed>();
  ASSERT_THAT(gaps, SizeIs(1));
  EXPECT_EQ(gaps[0].lost, 3U);
  ASSERT_THAT(reports(), SizeIs(1));
  EXPECT_EQ(reports()[0].messages_lost, 3U);
  EXPECT_THAT(reports()[0].interrupted, ElementsAre(SubscriptionName{SubscriptionId{1}}));
}

TEST_F(ShardReportTest, NamesWhatIsUnproven) {
  begin({1, 2});
  say(kOld, "D 1 1");
  switch_over();
  say(kNew, "D 1 2");
  world->run_for(20s);
  world->server(kOld).cut();
  world->pump();

  ASSERT_THAT(reports(), SizeIs(1));
  EXPECT_EQ(reports()[0].outcome, SwitchoverOutcome::kUnproven);
  EXPECT_EQ(reports()[0].proven, 1U);
  EXPECT_THAT(reports()[0].unproven, ElementsAre(SubscriptionName{SubscriptionId{2}}));
}

TEST_F(ShardReportTest, NamesWhatHasAGapWhenTheOldOneDies) {
  begin({1, 2});
  say(kOld, "D 1 1");
  say(kOld, "D 2 1");
  switch_over();
  say(kNew, "D 1 2");

  world->server(kOld).cut();
  world->pump();

  ASSERT_THAT(reports(), SizeIs(1));
  EXPECT_EQ(reports()[0].outcome, SwitchoverOutcome::kPromoted);
  EXPECT_THAT(reports()[0].interrupted, ElementsAre(SubscriptionName{SubscriptionId{2}}));
}

TEST_F(ShardReportTest, DoesNotNameWhatTheNewOneHasLostAfterwards) {
  begin({1, 2});
  say(kOld, "D 1 1");
  say(kOld, "D 2 1");
  switch_over();
  say(kNew, "D 1 2");
  say(kNew, "D 2 2");  // Proven; the old one drains.

  world->server(kNew).cut();
  world->pump();
  world->server(kOld).cut();
  world->pump();

  ASSERT_THAT(reports(), SizeIs(1));
  EXPECT_EQ(reports()[0].outcome, SwitchoverOutcome::kProven);
  EXPECT_THAT(reports()[0].interrupted, IsEmpty());
}

TEST_F(ShardReportTest, ComesAtOnceWhenTheNewOneDies) {
  begin({1});
  say(kOld, "D 1 1");
  switch_over();

  world->server(kNew).cut();
  world->pump();

  ASSERT_THAT(reports(), SizeIs(1));
  EXPECT_EQ(reports()[0].outcome, SwitchoverOutcome::kAbandoned);
  EXPECT_THAT(reports()[0].unproven, ElementsAre(SubscriptionName{SubscriptionId{1}}));
  EXPECT_EQ(reports()[0].draining, 0s);
}

TEST_F(ShardReportTest, DoesNotNameWhatNobodyWantsAnyMore) {
  begin({1, 2});
  say(kOld, "D 1 1");
  switch_over();
  say(kNew, "D 1 2");
  world->run_for(20s);

  (void)world->core.unsubscribe(SubscriptionId{2}, world->now);
  world->server(kOld).cut();
  world->pump();

  ASSERT_THAT(reports(), SizeIs(1));
  EXPECT_THAT(reports()[0].unproven, IsEmpty());
}

TEST_F(ShardReportTest, EachOfTwoThatOverlapHasItsOwn) {
  begin({1});
  say(kOld, "D 1 1");
  switch_over();
  say(kNew, "D 1 2");  // Proven; the old one drains.
  switch_over();
  say({ShardId{0}, Generation{3}}, "D 1 3");
  world->server(kNew).cut();
  world->pump();
  world->server(kOld).cut();
  world->pump();

  ASSERT_THAT(reports(), SizeIs(2));
  EXPECT_EQ(reports()[0].proven, 1U);
  EXPECT_EQ(reports()[1].proven, 1U);
}

}  // namespace
}  // namespace wsm
