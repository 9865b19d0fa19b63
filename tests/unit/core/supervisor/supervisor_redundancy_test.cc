// Each subscription on several connections at once: the real machines, and servers in memory.

#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/world_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::server_text;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SupervisorRedundancyTest : public test::WorldFixture {
 protected:
  static constexpr SubscriptionId kOne{1};

  /// Of the first group shard 0 is the original, and 1 the copy. Messages of the servers: "D 3 17"
  /// is message 17 of subscription 3, "N 3" a refusal of it, "Y 3" the opposite.
  void begin(std::size_t redundancy = 2) {
    config.redundancy(redundancy);
    make().behaviour.inspect = [](std::string_view text) -> Inspected {
      const SubscriptionId id{static_cast<unsigned>(text[2] - '0')};
      if (text[0] == 'N') return {.role = MessageRole::kRejection, .subscription = id};
      if (text[0] == 'Y') return {.role = MessageRole::kAcknowledgement, .subscription = id};
      return {.role = MessageRole::kData,
              .subscription = id,
              .numbering = {.sequence = std::stoull(std::string{text.substr(4)})}};
    };
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
  [[nodiscard]] SubscriptionState state(SubscriptionId id = kOne) const {
    return world->core.subscription_state(id, world->now).value();
  }
  [[nodiscard]] MetricsSnapshot metrics() const { return world->core.metrics(world->now); }
  [[nodiscard]] std::vector<event::GapOpened> gaps() const {
    return world->events_of<event::GapOpened>();
  }
};

TEST_F(SupervisorRedundancyTest, EachShardHasItsCopiesWhichCarryTheSame) {
  begin(3);

  start({1, 2}, 1);

  ASSERT_THAT(world->connected(), SizeIs(6));
  EXPECT_THAT(world->server(0).texts(), ElementsAre("sub 1"));
  EXPECT_THAT(world->server(1).texts(), ElementsAre("sub 1"));
  EXPECT_THAT(world->server(2).texts(), ElementsAre("sub 1"));
  EXPECT_THAT(world->server(3).texts(), ElementsAre("sub 2"));
  EXPECT_EQ(world->shard(2).copy_of, ShardId{0});
  EXPECT_EQ(world->shard(3).copy_of, std::nullopt);
  EXPECT_THAT(world->events_of<event::ShardOpened>(),
              Contains(AllOf(Field(&event::ShardOpened::shard, ShardId{5}),
                             Field(&event::ShardOpened::copy_of, ShardId{3}))));
}

TEST_F(SupervisorRedundancyTest, WhoeverIsFirstIsHeard) {
  begin();
  start({1});

  say(1, "D 1 1");
  say(0, "D 1 1");
  say(0, "D 1 2");
  say(1, "D 1 2");

  EXPECT_THAT(delivered(), ElementsAre("D 1 1", "D 1 2"));
  EXPECT_EQ(metrics().counters.duplicates_removed, 2U);
}

TEST_F(SupervisorRedundancyTest, OneThatIsKilledLosesNothing) {
  begin();
  start({1});
  say(0, "D 1 1");
  say(1, "D 1 1");

  cut(0);
  say(1, "D 1 2");

  EXPECT_THAT(delivered(), ElementsAre("D 1 1", "D 1 2"));
  EXPECT_THAT(gaps(), IsEmpty());
  EXPECT_EQ(state().status, SubscriptionStatus::kLive) << "by the copy";
  EXPECT_EQ(state().shard, ShardId{0}) << "it is known by its original";
  EXPECT_TRUE(world->core.is_live());
}

TEST_F(SupervisorRedundancyTest, OneThatComesBackJoinsWhoeverIsThere) {
  begin();
  start({1});
  say(0, "D 1 1");
  say(1, "D 1 1");
  cut(0);
  say(1, "D 1 2");
  world->run_for(1s);

  say(0, "D 1 3");
  say(1, "D 1 3");
  cut(1);
  say(0, "D 1 4");

  EXPECT_THAT(delivered(), ElementsAre("D 1 1", "D 1 2", "D 1 3", "D 1 4"));
  EXPECT_THAT(gaps(), IsEmpty());
}

TEST_F(SupervisorRedundancyTest, OneThatComesBackBeforeAnyDataJoinsAsWell) {
  begin();
  start({1});
  cut(1);
  world->run_for(1s);

  say(0, "D 1 1");
  say(1, "D 1 1");

  EXPECT_THAT(delivered(), ElementsAre("D 1 1"));
}

TEST_F(SupervisorRedundancyTest, WhenAllAreKilledThereIsOneGapWithItsExactSize) {
  begin();
  start({1});
  say(0, "D 1 1");
  say(1, "D 1 1");

  cut(0);
  cut(1);
  world->run_for(1s);
  say(1, "D 1 5");
  say(0, "D 1 5");

  EXPECT_THAT(gaps(), SizeIs(1));
  EXPECT_THAT(world->events_of<event::GapClosed>(), ElementsAre(Field(&event::GapClosed::lost, 3)));
  EXPECT_THAT(delivered(), ElementsAre("D 1 1", "D 1 5"));
}

TEST_F(SupervisorRedundancyTest, WhatIsWishedAndUnwishedReachesAll) {
  begin();
  start({1});

  world->subscribe({2});
  world->unsubscribe(1);

  for (const ShardId::rep shard : {0U, 1U}) {
    EXPECT_THAT(world->server(shard).texts(), ElementsAre("sub 1", "sub 2", "unsub 1")) << shard;
  }
  EXPECT_THAT(world->forgotten, ElementsAre(kOne)) << "once, when both servers know";
}

TEST_F(SupervisorRedundancyTest, TheyCountForTheMostConnections) {
  config.max_connections(5);
  begin();
  make();
  start({1, 2}, 1);

  const auto third = world->subscribe(SubscriptionId{3});

  EXPECT_EQ(third.status, SubscribeStatus::kRefused);
  EXPECT_EQ(third.error->code, Errc::kConnectionLimit);
  EXPECT_EQ(third.error->detail, "max_connections is 5, and 6 shards are needed");
}

TEST_F(SupervisorRedundancyTest, SubscriptionsCountOnceInTheMetrics) {
  begin(3);
  start({1, 2});
  say(1, "D 1 1");

  EXPECT_EQ(metrics().total_subscriptions, 2U);
  EXPECT_EQ(metrics().requested_subscriptions, 2U);
  EXPECT_EQ(metrics().subscriptions.live, 1U);
  EXPECT_EQ(metrics().subscriptions.requested, 1U);
  EXPECT_EQ(metrics().active_connections, 3U);
}

TEST_F(SupervisorRedundancyTest, ARefusalOnOneOfThemIsNoneWhileAnotherHasItLive) {
  begin();
  start({1});
  say(1, "Y 1");

  say(0, "N 1");
  EXPECT_EQ(state().status, SubscriptionStatus::kLive);

  say(1, "N 1");
  EXPECT_EQ(state().status, SubscriptionStatus::kRejected);
}

TEST_F(SupervisorRedundancyTest, WithNothingLeftToCarryAllOfThemClose) {
  begin();
  start({1, 2}, 1);

  world->unsubscribe(2);

  EXPECT_THAT(world->connected(), SizeIs(2));
  EXPECT_THAT(metrics().shards, Each(Field(&ShardMetrics::subscriptions, 1U)));
}

TEST_F(SupervisorRedundancyTest, AMoveGoesFromAllOfOneToAllOfTheOther) {
  begin();
  start({1, 2, 3, 4}, 3);  // Shard 0 carries 1 and 3, and shard 2 carries 2 and 4.
  world->unsubscribe(4);
  say(0, "D 1 1");
  say(1, "D 1 1");

  ASSERT_TRUE(world->core.move(kOne, ShardId{2}, world->now));
  world->pump();
  EXPECT_THAT(world->server(3).texts(), Contains("sub 1"));
  cut(0);
  EXPECT_THAT(world->events_of<event::SubscriptionMoved>(), IsEmpty()) << "the copy still has it";
  say(3, "D 1 2");

  EXPECT_THAT(world->events_of<event::SubscriptionMoved>(),
              ElementsAre(Field(&event::SubscriptionMoved::outcome, MoveOutcome::kProven)));
  EXPECT_EQ(state().shard, ShardId{2});
  EXPECT_THAT(world->server(1).texts(), Contains("unsub 1"));
  EXPECT_THAT(gaps(), IsEmpty());
}

TEST_F(SupervisorRedundancyTest, ACopyIsNoTargetOfAMove) {
  begin();
  start({1, 2, 3, 4}, 3);

  const auto refused = world->core.move(kOne, ShardId{3}, world->now);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().detail, "that shard is a copy of another one");
}

TEST_F(SupervisorRedundancyTest, WhatIsSilentOnOneIsLookedAfterThereAndIsNoGap) {
  config.subscription_timeout(10s);
  begin();
  start({1, 2});
  for (int second = 1; second <= 12; ++second) {
    for (const std::string id : {"1", "2"}) {
      const std::string text = "D " + id + " " + std::to_string(second);
      say(0, text);
      if (id == "2") say(1, text);
    }
    world->run_for(1s);
  }

  EXPECT_THAT(world->server(1).texts(), Contains("unsub 1")) << "asked again";
  EXPECT_THAT(world->server(0).texts(), ElementsAre("sub 1,2"));
  EXPECT_EQ(state().status, SubscriptionStatus::kLive);
  EXPECT_THAT(gaps(), IsEmpty());
}

TEST_F(SupervisorRedundancyTest, TheyComeFromDifferentAddressesAndPlacesWhereThereAreAny) {
  config.source_ips({"192.0.2.1", "192.0.2.2"}).shards_per_ip(10);
  begin();
  make().behaviour.urls = {"ws://a.test/", "ws://b.test/"};
  start({1, 2}, 1);

  EXPECT_NE(world->sources[ShardId{0}], world->sources[ShardId{1}]);
  EXPECT_NE(world->sources[ShardId{2}], world->sources[ShardId{3}]);
  EXPECT_THAT(world->dialed_hosts, ElementsAre("a.test", "a.test", "b.test", "b.test"))
      << "originals first";
}

TEST_F(SupervisorRedundancyTest, StopEndsAll) {
  begin(3);
  start({1, 2}, 1);

  world->stop(5s);

  EXPECT_EQ(world->core.status(), SupervisorStatus::kStopped);
  EXPECT_THAT(world->connected(), IsEmpty());
}

/// The servers have been restarted, and nothing says so.
TEST_F(SupervisorRedundancyTest, NumbersThatBeginAnewOnAllConnectionsAreNotWithheldForEver) {
  begin();
  start({1});
  say(0, "D 1 1000");
  say(1, "D 1 1000");
  cut(0);
  cut(1);
  world->run_for(1s);
  for (const ShardId::rep shard : {0U, 1U}) say(shard, "D 1 1");
  EXPECT_THAT(delivered(), ElementsAre("D 1 1000"));
  world->run_for(NumberJoin::kSettle);

  for (const char* text : {"D 1 2", "D 1 3"}) {
    for (const ShardId::rep shard : {0U, 1U}) say(shard, text);
  }

  EXPECT_THAT(delivered(), ElementsAre("D 1 1000", "D 1 2", "D 1 3"));
  const auto closed = world->events_of<event::GapClosed>();
  ASSERT_THAT(closed, SizeIs(1));
  EXPECT_EQ(closed[0].lost, std::nullopt);
}

}  // namespace
}  // namespace wsm
