// Single subscriptions move from one shard that serves to another: the real machines, and servers
// in memory.

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
using ::testing::UnorderedElementsAre;

class SupervisorMovesTest : public test::WorldFixture {
 protected:
  static constexpr SubscriptionId kOne{1};
  static constexpr ShardId kFrom{0};
  static constexpr ShardId kTo{1};
  static constexpr Duration kProofTimeout = 20s;

  /// Shard 0 carries 1 and 3, shard 1 carries 2, and each has room. Messages of the servers:
  /// "D 3 17" is message 17 of subscription 3, "D 3" one without a number.
  void begin() {
    config.data_timeout(kProofTimeout);
    make().behaviour.inspect = [](std::string_view text) -> Inspected {
      Inspected found{.role = MessageRole::kData,
                      .subscription = SubscriptionId{static_cast<unsigned>(text[2] - '0')}};
      if (text.size() > 4 && text[4] <= '9')
        found.numbering.sequence = std::stoull(std::string{text.substr(4)});
      return found;
    };
    start({1, 2, 3, 4}, 3);
    world->unsubscribe(4);
  }
  Result<void> move(SubscriptionId id = kOne, ShardId to = kTo) {
    auto begun = world->core.move(id, to, world->now);
    world->pump();
    return begun;
  }
  void say(ShardId::rep shard, std::string_view text) {
    world->server(shard).send(server_text(text));
    world->pump();
  }
  [[nodiscard]] std::vector<std::string> delivered() const {
    std::vector<std::string> texts;
    for (const auto& [id, text] : world->messages) texts.push_back(text);
    return texts;
  }
  [[nodiscard]] std::vector<MoveOutcome> outcomes() const {
    std::vector<MoveOutcome> all;
    for (const auto& moved : world->events_of<event::SubscriptionMoved>()) {
      all.push_back(moved.outcome);
    }
    return all;
  }
  [[nodiscard]] ShardId carrier(SubscriptionId id = kOne) const {
    return world->core.subscription_state(id, world->now)->shard;
  }
  [[nodiscard]] SubscriptionStatus status() const {
    return world->core.subscription_state(kOne, world->now)->status;
  }
  [[nodiscard]] bool is_asked_of(ShardId::rep shard) {
    return world->server(shard).subscribed().contains(kOne);
  }
  [[nodiscard]] Counters counters() const { return world->core.metrics(world->now).counters; }
};

TEST_F(SupervisorMovesTest, EndsWhenTheNewSideIsProven) {
  begin();
  say(0, "D 1 1");
  ASSERT_TRUE(move());
  EXPECT_EQ(carrier(), kFrom) << "its word counts until then";

  say(0, "D 1 2");
  EXPECT_THAT(outcomes(), IsEmpty());
  say(1, "D 1 2");
  say(1, "D 1 3");

  EXPECT_THAT(outcomes(), ElementsAre(MoveOutcome::kProven));
  EXPECT_EQ(carrier(), kTo);
  EXPECT_THAT(delivered(), ElementsAre("D 1 1", "D 1 2", "D 1 3"));
  EXPECT_EQ(counters().duplicates_removed, 1U);
  EXPECT_EQ(counters().gaps, 0U);
  EXPECT_EQ(counters().moves, 1U);
  const auto moved = world->events_of<event::SubscriptionMoved>();
  EXPECT_EQ(moved.at(0).duplicates_removed, 1U);
  EXPECT_EQ(moved.at(0).messages_held, 0U);
  EXPECT_EQ(moved.at(0).subscribing, 0s);
}

TEST_F(SupervisorMovesTest, TellsTheOldSideToEndIt) {
  begin();
  say(0, "D 1 1");
  ASSERT_TRUE(move());
  EXPECT_TRUE(is_asked_of(0));
  EXPECT_TRUE(is_asked_of(1));

  say(1, "D 1 2");

  EXPECT_FALSE(is_asked_of(0));
  EXPECT_TRUE(is_asked_of(1));
}

TEST_F(SupervisorMovesTest, DropsWhatTheOldSideStillBrings) {
  begin();
  say(0, "D 1");
  say(0, "D 1 a");
  ASSERT_TRUE(move());
  world->run_for(kProofTimeout / 2);
  say(0, "D 3");
  say(1, "D 2");
  world->run_for(kProofTimeout / 2);  // It is too quiet for a proof.
  ASSERT_EQ(carrier(), kTo);

  say(1, "D 1 b");
  say(0, "D 1 b");

  EXPECT_THAT(delivered(), ElementsAre("D 1", "D 1 a", "D 3", "D 2", "D 1 b"));
}

TEST_F(SupervisorMovesTest, IsLiveAllTheWhile) {
  begin();
  say(0, "D 1 1");
  ASSERT_TRUE(move());
  EXPECT_EQ(status(), SubscriptionStatus::kLive);
  EXPECT_EQ(world->core.metrics(world->now).total_subscriptions, 3U);
  EXPECT_EQ(world->core.metrics(world->now).requested_subscriptions, 3U);
  EXPECT_TRUE(world->core.is_live());

  say(1, "D 1 2");

  EXPECT_EQ(status(), SubscriptionStatus::kLive);
  EXPECT_EQ(world->core.metrics(world->now).requested_subscriptions, 3U);
}

TEST_F(SupervisorMovesTest, EndsUnprovenWhenItIsQuiet) {
  begin();
  say(0, "D 1 1");
  ASSERT_TRUE(move());

  world->run_for(kProofTimeout - 1ns);
  EXPECT_THAT(outcomes(), IsEmpty());
  world->run_for(1ns);

  EXPECT_THAT(outcomes(), ElementsAre(MoveOutcome::kUnproven));
  EXPECT_EQ(carrier(), kTo);
}

TEST_F(SupervisorMovesTest, IsGivenUpWhenTheNewSideIsDeaf) {
  begin();
  say(0, "D 1 1");
  ASSERT_TRUE(move());
  world->run_for(kProofTimeout / 2);
  say(0, "D 1 2");

  world->run_for(kProofTimeout / 2);

  EXPECT_THAT(outcomes(), ElementsAre(MoveOutcome::kAbandoned));
  EXPECT_EQ(carrier(), kFrom);
  EXPECT_FALSE(is_asked_of(1));
  say(0, "D 1 3");
  EXPECT_THAT(delivered(), ElementsAre("D 1 1", "D 1 2", "D 1 3"));
  EXPECT_EQ(counters().moves_abandoned, 1U);
}

TEST_F(SupervisorMovesTest, TheNewSideGoesOnWhenTheOldOneIsLost) {
  begin();
  say(0, "D 1 1");
  ASSERT_TRUE(move());

  cut(0);
  world->run_for(1ns);

  EXPECT_THAT(outcomes(), ElementsAre(MoveOutcome::kInterrupted));
  EXPECT_EQ(carrier(), kTo);
  say(1, "D 1 4");
  EXPECT_EQ(counters().messages_lost, 2U) << "and the ledger knows how many are missing";
  EXPECT_EQ(counters().gaps, 1U);
}

TEST_F(SupervisorMovesTest, WhatTheNewSideWasAheadWithIsDeliveredWhenTheOldOneIsLost) {
  begin();
  say(0, "D 1 1");
  ASSERT_TRUE(move());
  say(1, "D 1 3");
  ASSERT_THAT(delivered(), ElementsAre("D 1 1"));

  cut(0);

  EXPECT_THAT(delivered(), ElementsAre("D 1 1", "D 1 3"));
  EXPECT_EQ(counters().messages_lost, 1U);
}

TEST_F(SupervisorMovesTest, TheOldSideGoesOnWhenTheNewOneIsLost) {
  begin();
  say(0, "D 1 1");
  ASSERT_TRUE(move());

  cut(1);
  say(0, "D 1 2");
  world->run_for(1s);

  EXPECT_THAT(outcomes(), ElementsAre(MoveOutcome::kAbandoned));
  EXPECT_EQ(carrier(), kFrom);
  EXPECT_FALSE(is_asked_of(1));
  EXPECT_THAT(delivered(), ElementsAre("D 1 1", "D 1 2"));
  EXPECT_EQ(counters().gaps, 0U);
}

TEST_F(SupervisorMovesTest, UnsubscribingMeanwhileReachesBothSides) {
  begin();
  ASSERT_TRUE(move());

  world->unsubscribe(1);

  EXPECT_FALSE(is_asked_of(0));
  EXPECT_FALSE(is_asked_of(1));
  EXPECT_THAT(world->forgotten, testing::Contains(kOne));
}

TEST_F(SupervisorMovesTest, ASwitchoverOfEitherSideMeanwhileLosesNothing) {
  begin();
  for (const char* text : {"D 1 1", "D 3 1"}) say(0, text);
  say(1, "D 2 1");
  ASSERT_TRUE(move());
  ASSERT_TRUE(world->core.hot_switchover(kFrom, world->now));
  world->pump();
  ASSERT_TRUE(world->core.hot_switchover(kTo, world->now));
  world->pump();
  for (const char* text : {"D 1 2", "D 3 2"}) say(0, text);
  for (const char* text : {"D 1 2", "D 2 2"}) say(1, text);

  say(1, "D 1 3");

  EXPECT_THAT(outcomes(), ElementsAre(MoveOutcome::kProven));
  EXPECT_THAT(delivered(),
              ElementsAre("D 1 1", "D 3 1", "D 2 1", "D 1 2", "D 3 2", "D 2 2", "D 1 3"));
  EXPECT_EQ(counters().gaps, 0U);
}

TEST_F(SupervisorMovesTest, TheLastOneToLeaveClosesItsShard) {
  begin();
  say(1, "D 2 1");
  ASSERT_TRUE(move(SubscriptionId{2}, kFrom));

  say(0, "D 2 2");

  EXPECT_THAT(world->core.metrics(world->now).shards, SizeIs(1));
  EXPECT_EQ(counters().gaps, 0U);
}

TEST_F(SupervisorMovesTest, WhatIsSilentMeanwhileGoesWhereItIsAboutToGo) {
  config.subscription_timeout(4s);
  begin();
  say(0, "D 1 1");
  ASSERT_TRUE(move());
  world->unsubscribe(2);  // Only the guest keeps shard 1 open.

  world->run_for(kProofTimeout - 1ns);
  EXPECT_THAT(outcomes(), IsEmpty());
  world->run_for(1ns);

  EXPECT_THAT(outcomes(), ElementsAre(MoveOutcome::kUnproven));
  EXPECT_EQ(carrier(), kTo);
}

TEST_F(SupervisorMovesTest, ARefusalOfTheNewSideChangesNothing) {
  begin();
  const auto data = world->behaviour.inspect;
  world->behaviour.inspect = [data](std::string_view text) {
    if (text != "refused 1") return data(text);
    return Inspected{.role = MessageRole::kRejection, .rejected = {kOne}};
  };
  say(0, "D 1 1");
  ASSERT_TRUE(move());

  say(1, "refused 1");

  EXPECT_EQ(status(), SubscriptionStatus::kLive);
  EXPECT_EQ(world->core.metrics(world->now).subscriptions.rejected, 0U);
  world->run_for(kProofTimeout);
  EXPECT_THAT(outcomes(), ElementsAre(MoveOutcome::kAbandoned));
  EXPECT_EQ(carrier(), kFrom);
}

TEST_F(SupervisorMovesTest, TimeInWhichNothingIsReadDoesNotCount) {
  begin();
  say(0, "D 1 1");
  ASSERT_TRUE(move());
  world->run_for(kProofTimeout / 2);
  world->pause();
  world->run_for(1h);
  world->resume();

  world->run_for(kProofTimeout / 2 - 1ns);
  EXPECT_THAT(outcomes(), IsEmpty());
  world->run_for(1ns);

  EXPECT_THAT(outcomes(), ElementsAre(MoveOutcome::kUnproven));
}

TEST_F(SupervisorMovesTest, ASubscriptionCountsOnBothSidesWhileItMoves) {
  begin();
  ASSERT_TRUE(move());

  EXPECT_EQ(world->subscribe(SubscriptionId{5}).shard, kFrom) << "two of three, as the other";
  EXPECT_EQ(world->subscribe(SubscriptionId{6}).shard, kTo);
  EXPECT_EQ(world->subscribe(SubscriptionId{7}).shard, ShardId{2}) << "both are full";
}

TEST_F(SupervisorMovesTest, RefusesWhatCannotBe) {
  begin();

  EXPECT_EQ(move(SubscriptionId{9}).error().code, Errc::kInvalidArgument);
  EXPECT_EQ(move(kOne, kFrom).error().code, Errc::kInvalidArgument);
  EXPECT_EQ(move(kOne, ShardId{7}).error().code, Errc::kUnknownShard);
  for (const SubscriptionId::rep id : {5U, 6U, 7U}) world->subscribe(SubscriptionId{id});
  EXPECT_EQ(move().error().code, Errc::kNoRoom);
  cut(1);
  EXPECT_EQ(move().error().code, Errc::kNotConnected);
  world->stop(1s);
  EXPECT_EQ(move().error().code, Errc::kStopped);
}

TEST_F(SupervisorMovesTest, StopEndsItWithEverythingElse) {
  begin();
  ASSERT_TRUE(move());

  world->stop(1s);
  world->run_for(1s);

  EXPECT_EQ(world->core.status(), SupervisorStatus::kStopped);
}

}  // namespace
}  // namespace wsm
