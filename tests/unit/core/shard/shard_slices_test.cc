// A switchover where the server has no room for everything twice: the real machines, and servers in
// memory.

#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/core/shard/shard_switchover_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::server_text;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Status = SubscriptionStatus;

class ShardSlicesTest : public test::ShardSwitchoverFixture {
 protected:
  static constexpr ConnectionId kOld{ShardId{0}, Generation{1}};
  static constexpr ConnectionId kNew{ShardId{0}, Generation{2}};

  /// Four subscriptions, with a message each, and room for two more. "D 3 17" is message 17 of
  /// subscription 3.
  void begin(std::size_t most = 6) {
    config.data_timeout(20s).max_subscriptions(most);
    make().behaviour.inspect = [](std::string_view text) { return inspect(text); };
    start({1, 2, 3, 4});
    for (int id = 1; id <= 4; ++id) say(kOld, id, 1);
  }
  static Inspected inspect(std::string_view text) {
    const SubscriptionId id{static_cast<SubscriptionId::rep>(text[2] - '0')};
    if (text[0] == 'F') {
      return {.role = MessageRole::kRejection, .subscription = id, .request = {}, .rejected = {}};
    }
    return {.role = MessageRole::kData,
            .subscription = id,
            .numbering = {.sequence = std::stoull(std::string{text.substr(4)})}};
  }
  void say(ConnectionId connection, int id, int number) {
    say(connection, "D " + std::to_string(id) + ' ' + std::to_string(number));
  }
  void say(ConnectionId connection, const std::string& text) {
    world->server(connection).send(server_text(text));
    world->pump();
  }
  /// The standby has taken over 1 and 2, and has been asked for the others.
  void reach_second_slice() {
    ASSERT_TRUE(switch_over());
    say(kNew, 1, 2);
    say(kNew, 2, 2);
    world->run_for(SubscriptionBudget::kSettle);
  }
  /// Those that a gap of has begun.
  std::vector<SubscriptionId> interrupted() const {
    std::vector<SubscriptionId> all;
    for (const auto& opened : world->events_of<event::GapOpened>()) {
      all.push_back(opened.subscription.id);
    }
    return all;
  }
  Status status(SubscriptionId::rep id) const {
    return world->core.subscription_state(SubscriptionId{id}, world->now)->status;
  }
  std::size_t gaps() const { return world->core.metrics(world->now).counters.gaps; }
};

TEST_F(ShardSlicesTest, TakesOverAsMuchAsThereIsRoomForAndThenTheRest) {
  begin();
  ASSERT_TRUE(switch_over());
  EXPECT_EQ(world->server(kNew).subscribed(),
            (std::set<SubscriptionId>{ids({1, 2})[0], ids({2})[0]}));
  say(kNew, 1, 2);
  EXPECT_THAT(world->server(kOld).subscribed(), SizeIs(4)) << "2 is not proven";
  say(kNew, 2, 2);
  EXPECT_THAT(world->server(kOld).subscribed(), SizeIs(2));
  EXPECT_THAT(world->server(kNew).subscribed(), SizeIs(2)) << "the server may still count six";

  world->run_for(SubscriptionBudget::kSettle);
  EXPECT_THAT(world->server(kNew).subscribed(), SizeIs(4));
  say(kNew, 3, 2);
  say(kNew, 4, 2);

  EXPECT_THAT(outcomes(), ElementsAre(SwitchoverOutcome::kProven));
  EXPECT_EQ(world->shard().generation, kNew.generation);
  EXPECT_EQ(gaps(), 0U);
  EXPECT_THAT(world->messages, SizeIs(8));
  EXPECT_TRUE(world->core.is_live());
}

TEST_F(ShardSlicesTest, TakesTheWordOfWhoCarriesIt) {
  begin();
  reach_second_slice();

  for (const SubscriptionId::rep id : {1U, 2U, 3U, 4U}) EXPECT_EQ(status(id), Status::kLive);
  const MetricsSnapshot metrics = world->core.metrics(world->now);
  EXPECT_EQ(metrics.requested_subscriptions, 4U);
  EXPECT_EQ(metrics.subscriptions.live, 4U);
  EXPECT_TRUE(world->core.is_live());
  const auto told = world->events_of<event::SubscriptionsHandedOver>();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].generation, kNew.generation);
  EXPECT_THAT(told[0].subscriptions, SizeIs(2));
}

TEST_F(ShardSlicesTest, LosesNothingOfWhatIsHandedOverWhenTheOldOneDies) {
  begin();
  reach_second_slice();

  world->server(kOld).cut();
  world->pump();

  EXPECT_THAT(outcomes(), ElementsAre(SwitchoverOutcome::kPromoted));
  EXPECT_EQ(interrupted(), ids({3, 4}));
}

TEST_F(ShardSlicesTest, AsksTheOldOneAgainWhenTheNewOneDies) {
  begin();
  reach_second_slice();

  world->server(kNew).cut();
  world->pump();
  EXPECT_THAT(outcomes(), ElementsAre(SwitchoverOutcome::kAbandoned));
  world->run_for(SubscriptionBudget::kSettle);

  EXPECT_THAT(world->server(kOld).subscribed(), SizeIs(4));
  EXPECT_EQ(interrupted(), ids({1, 2}));
  say(kOld, 1, 5);
  EXPECT_EQ(world->events_of<event::GapClosed>().at(0).lost, 2U);
}

TEST_F(ShardSlicesTest, GoesOnWithTheNextSliceWhenOneIsTooQuiet) {
  begin();
  ASSERT_TRUE(switch_over());
  say(kNew, 1, 2);

  world->run_for(20s + SubscriptionBudget::kSettle);
  EXPECT_THAT(world->server(kNew).subscribed(), SizeIs(4));
  say(kNew, 3, 2);
  say(kNew, 4, 2);

  EXPECT_THAT(outcomes(), ElementsAre(SwitchoverOutcome::kUnproven));
  const auto reports = world->events_of<event::SwitchoverReported>();
  ASSERT_THAT(reports, SizeIs(1));
  ASSERT_THAT(reports[0].unproven, SizeIs(1));
  EXPECT_EQ(reports[0].unproven[0].id, SubscriptionId{2});
}

TEST_F(ShardSlicesTest, DoesNotBeginWithoutRoom) {
  begin(4);

  const auto begun = world->core.hot_switchover(ShardId{0}, world->now);

  ASSERT_FALSE(begun);
  EXPECT_EQ(begun.error().code, Errc::kSubscriptionLimit);
}

TEST_F(ShardSlicesTest, BeginsWhenWhatHasEndedIsSettledThoughNobodyHasWaitedForIt) {
  begin(4);
  world->unsubscribe(1);
  world->now += SubscriptionBudget::kSettle;
  world->core.begin_turn(world->now);

  EXPECT_TRUE(world->core.hot_switchover(ShardId{0}, world->now));
}

TEST_F(ShardSlicesTest, GivesUpAStandbyThatFindsNoRoom) {
  begin(5);
  world->behaviour.answers_prepare = false;
  ASSERT_TRUE(switch_over());
  world->subscribe({5});
  world->behaviour.answers_prepare = true;
  world->answer_held();

  world->run_for(20s);

  EXPECT_THAT(outcomes(), ElementsAre(SwitchoverOutcome::kAbandoned));
  EXPECT_THAT(world->server(kOld).subscribed(), SizeIs(5));
  EXPECT_EQ(gaps(), 0U);
}

// Everything that may be is wished for, and half of it is on the standby.
TEST_F(ShardSlicesTest, EndsWithAGapWhenOthersTakeTheRoomForGood) {
  begin(5);
  ASSERT_TRUE(switch_over());
  say(kNew, 1, 2);
  world->subscribe({5});
  for (int second = 0; second < 79; ++second) {
    world->run_for(1s);
    for (const int id : {1, 2, 3, 4, 5}) {
      const bool is_new = world->server(kNew).subscribed().contains(ids({1})[0]) && id == 1;
      say(is_new ? kNew : kOld, id, second + 3);
    }
  }
  EXPECT_THAT(outcomes(), IsEmpty());

  world->run_for(5s);

  EXPECT_THAT(outcomes(), ElementsAre(SwitchoverOutcome::kUnproven));
  EXPECT_THAT(world->server(kNew).subscribed(), SizeIs(5));
  EXPECT_THAT(world->events_of<event::GapOpened>(), SizeIs(4));
}

TEST_F(ShardSlicesTest, EndsWhatIsUnsubscribedOnWhoCarriesIt) {
  begin();
  reach_second_slice();

  world->unsubscribe(1);
  world->unsubscribe(3);
  EXPECT_THAT(world->forgotten, SizeIs(2));
  say(kNew, 4, 2);

  EXPECT_THAT(outcomes(), ElementsAre(SwitchoverOutcome::kProven));
  EXPECT_THAT(world->server(kNew).subscribed(), SizeIs(2));
}

TEST_F(ShardSlicesTest, AsksLaterForWhatTheNewOneIsRefusedAndCarriesAlone) {
  begin();
  reach_second_slice();

  world->server(kNew).drop(SubscriptionId{1});
  say(kNew, "F 1");

  EXPECT_EQ(status(1), Status::kRejected);
  EXPECT_EQ(status(2), Status::kLive);
}

TEST_F(ShardSlicesTest, ClosesInTheMiddleOfIt) {
  begin();
  reach_second_slice();

  world->stop(5s);
  world->run_for(5s);

  EXPECT_EQ(world->core.status(), SupervisorStatus::kStopped);
}

TEST_F(ShardSlicesTest, RefusesWhatIsOverTheLimit) {
  begin(4);

  const auto results = world->subscribe({5});

  ASSERT_EQ(results.front().status, SubscribeStatus::kRefused);
  EXPECT_EQ(results.front().error->code, Errc::kSubscriptionLimit);
  world->unsubscribe(1);
  EXPECT_EQ(world->subscribe({5}).front().status, SubscribeStatus::kPlaced);
  EXPECT_THAT(world->server(kOld).subscribed(), SizeIs(3));
  world->run_for(SubscriptionBudget::kSettle);
  EXPECT_THAT(world->server(kOld).subscribed(), SizeIs(4));
}

/// One for which the old connection's word counts until the unsubscribe of the others has left.
TEST_F(ShardSlicesTest, WhatIsTakenBackBeforeItsEndWasToldGoesOnWithoutDuplicates) {
  config.messages_per_window(2).window(3s);
  begin();
  world->run_for(4s);
  ASSERT_TRUE(switch_over());
  say(kNew, 1, 2);
  world->behaviour.answers_render = false;
  say(kNew, 2, 2);
  ASSERT_THAT(world->events_of<event::SubscriptionsHandedOver>(), SizeIs(1));
  ASSERT_THAT(world->server(kOld).subscribed(), SizeIs(4)) << "it has not been told";

  world->server(kNew).cut();
  world->pump();
  world->behaviour.answers_render = true;
  world->answer_held();
  world->run_for(1min);
  say(kOld, 1, 2);
  say(kOld, 1, 3);
  say(kOld, 2, 3);

  const auto texts = [&] {
    std::vector<std::string> all;
    for (const auto& [connection, text] : world->messages) all.push_back(text);
    return all;
  }();
  for (const char* text : {"D 1 2", "D 1 3", "D 2 2", "D 2 3"}) {
    EXPECT_EQ(std::ranges::count(texts, text), 1) << text;
  }
}

/// What is on no connection is asked for before anything is asked for twice.
TEST_F(ShardSlicesTest, AStandbyLeavesTheRoomToWhatIsCarriedNowhere) {
  begin(5);
  ASSERT_TRUE(switch_over());
  ASSERT_THAT(world->server(kNew).subscribed(), SizeIs(1));

  world->subscribe({5});
  EXPECT_EQ(status(5), Status::kDesired) << "there is no room";
  say(kNew, 1, 2);
  world->run_for(SubscriptionBudget::kSettle);

  EXPECT_EQ(world->server(kOld).subscribed().count(SubscriptionId{5}), 1U);
}

}  // namespace
}  // namespace wsm
