// What a shard knows of single subscriptions, and what it does about it: the real machines, and a
// server in memory.

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
using Status = SubscriptionStatus;

class ShardTruthTest : public test::WorldFixture {
 protected:
  /// Messages of the server: "data 3", "ack 1" (a request), "rej 3", "final 3", "drain".
  void begin(std::initializer_list<SubscriptionId::rep> ids, std::size_t capacity = 500) {
    make().behaviour.numbers_requests = true;
    world->behaviour.manners.is_strict =
        false;  // It forgets what it rejects, and may be asked again.
    world->behaviour.inspect = [](std::string_view text) { return inspect(text); };
    start(ids, capacity);
  }
  static Inspected inspect(std::string_view text) {
    const auto number = static_cast<SubscriptionId::rep>(text.back() - '0');
    if (text.starts_with("data")) {
      return {.role = MessageRole::kData, .subscription = SubscriptionId{number}};
    }
    if (text.starts_with("ack")) {
      return {.role = MessageRole::kAcknowledgement, .subscription = {}, .request = number};
    }
    if (text == "drain") return {.role = MessageRole::kDrainNotice};
    return {.role = MessageRole::kRejection,
            .subscription = SubscriptionId{number},
            .request = {},
            .rejected = {},
            .may_retry = text.starts_with("rej"),
            .detail = "no"};
  }
  void say(std::string_view text, ShardId::rep shard = 0) {
    world->server(shard).send(server_text(text));
    world->pump();
  }
  SubscriptionState state(SubscriptionId::rep id) const {
    return *world->core.subscription_state(SubscriptionId{id}, world->now);
  }
  Counters counters() const { return world->core.metrics(world->now).counters; }
  /// Four subscriptions, all but 2 with data.
  void begin_on_two_shards() {
    begin({1, 2, 3, 4}, 3);
    for (const SubscriptionId::rep id : {1U, 3U, 4U}) {
      say("data " + std::to_string(id), state(id).shard.value());
    }
  }
  /// Lets time pass in which all but `id` have data.
  void starve(SubscriptionId::rep id, std::initializer_list<SubscriptionId::rep> others,
              Duration time) {
    for (Duration passed{}; passed < time; passed += 1s) {
      world->run_for(1s);
      for (const auto other : others) {
        const auto carrier = world->core.subscription_state(SubscriptionId{other}, world->now);
        if (other != id) say("data " + std::to_string(other), carrier->shard.value());
      }
    }
  }
};

TEST_F(ShardTruthTest, GoesFromDesiredToLive) {
  begin({1});
  EXPECT_EQ(state(1).status, Status::kRequested);

  say("ack 1");

  EXPECT_EQ(state(1).status, Status::kLive);
}

TEST_F(ShardTruthTest, IsDesiredAgainWhenItsConnectionIsLost) {
  begin({1});
  say("ack 1");

  cut();

  EXPECT_EQ(state(1).status, Status::kDesired);
}

TEST_F(ShardTruthTest, AsksAgainWhenNoAnswerComes) {
  begin({1, 2});

  world->run_for(10s - 1ns);
  EXPECT_THAT(world->server().texts(), ElementsAre("sub 1,2"));
  world->run_for(1ns);

  EXPECT_THAT(world->server().texts(), ElementsAre("sub 1,2", "sub 1,2"));
  EXPECT_EQ(counters().acknowledgements_overdue, 1U);
}

TEST_F(ShardTruthTest, AFinalRejectionIsNotAskedAgainEvenOnANewConnection) {
  begin({1, 2});

  say("final 2");
  world->run_for(1h);
  cut();
  world->run_for(1s);

  EXPECT_EQ(state(2).status, Status::kRejected);
  EXPECT_EQ(state(2).detail, "no");
  EXPECT_THAT(world->server().texts(), ElementsAre("sub 1"));
  EXPECT_TRUE(world->core.is_live());
  EXPECT_EQ(counters().rejections, 1U);
}

TEST_F(ShardTruthTest, ARejectionThatMayPassIsAskedAgainNearTheLongestDelay) {
  begin({1, 2});
  say("ack 1");
  say("rej 2");

  world->run_for(30s - 1ns);
  EXPECT_EQ(state(2).status, Status::kRejected);
  world->run_for(1ns);

  EXPECT_EQ(state(2).status, Status::kRequested);
}

TEST_F(ShardTruthTest, WhatWasRejectedCanBeEndedAndWantedAgain) {
  begin({1, 2});
  say("final 2");

  world->unsubscribe(2);
  EXPECT_THAT(world->forgotten, ElementsAre(SubscriptionId{2}));
  world->subscribe({2});

  EXPECT_EQ(state(2).status, Status::kRequested);
}

TEST_F(ShardTruthTest, AsksAgainForTheSilentOneFirst) {
  config.subscription_timeout(30s).acknowledgement_timeout(std::nullopt);
  begin({1, 2});
  say("data 1");

  starve(2, {1, 2}, 31s);

  EXPECT_THAT(world->server().texts(), ElementsAre("sub 1,2", "unsub 2", "sub 2"));
  EXPECT_EQ(counters().stalls, 1U);
}

/// That data can be told apart was seen on the connection before.
TEST_F(ShardTruthTest, FindsTheSilentOneOnAConnectionThatHasNotBroughtAnything) {
  config.subscription_timeout(30s).acknowledgement_timeout(std::nullopt);
  begin({1});
  say("data 1");
  cut();
  world->run_for(1s);
  say("ack " + std::to_string(world->requests(world->newest()).front()));
  ASSERT_EQ(state(1).status, Status::kLive);

  world->run_for(31s);

  EXPECT_THAT(world->server().texts(), ElementsAre("sub 1", "unsub 1", "sub 1"));
}

TEST_F(ShardTruthTest, MovesItToAnotherConnectionNext) {
  config.subscription_timeout(30s).acknowledgement_timeout(std::nullopt);
  begin_on_two_shards();
  const ShardId before = state(2).shard;

  starve(2, {1, 2, 3, 4}, 62s);

  EXPECT_NE(state(2).shard, before);
  EXPECT_EQ(world->core.metrics(world->now).shards.size(), 2U);
}

/// Time in which it could not be asked for is no sign that it was brought back.
TEST_F(ShardTruthTest, MovesItThoughToAskAgainTakesLongerThanItsTimeout) {
  config.subscription_timeout(2s).acknowledgement_timeout(std::nullopt);
  config.messages_per_window(2).window(10s);
  begin_on_two_shards();
  const ShardId before = state(2).shard;

  starve(2, {1, 2, 3, 4}, 40s);

  EXPECT_NE(state(2).shard, before);
}

TEST_F(ShardTruthTest, GivesItAConnectionOfItsOwnAtLast) {
  config.subscription_timeout(30s).acknowledgement_timeout(std::nullopt);
  begin({1, 2});
  say("data 1");

  starve(2, {1, 2}, 63s);

  EXPECT_NE(state(2).shard, state(1).shard);
}

TEST_F(ShardTruthTest, ReplacesItsConnectionWithAGapWhereNoSecondOneIsAllowed) {
  config.subscription_timeout(30s).acknowledgement_timeout(std::nullopt);
  config.hot_switchover(false).auto_rebalance(false);
  begin({1, 2});
  say("data 1");

  starve(2, {1, 2}, 63s);

  EXPECT_THAT(world->prepares, SizeIs(2));
  EXPECT_THAT(world->events_of<event::SwitchoverStarted>(), IsEmpty());
}

TEST_F(ShardTruthTest, DoesNotMoveItToAShardThatIsDown) {
  config.subscription_timeout(30s).acknowledgement_timeout(std::nullopt);
  begin_on_two_shards();
  const ShardId before = state(2).shard;
  const ShardId::rep other = before == ShardId{0} ? 1 : 0;
  world->behaviour.on_dial = test::World::OnDial::kFail;
  world->server(other).cut();
  world->pump();
  std::vector<SubscriptionId::rep> there;
  for (const SubscriptionId::rep id : {1U, 3U, 4U}) {
    if (state(id).shard == before) there.push_back(id);
  }
  ASSERT_FALSE(there.empty());

  starve(2, {there.front()}, 62s);

  EXPECT_NE(state(2).shard, ShardId{other});
}

TEST_F(ShardTruthTest, TheLadderTakesTheTimeoutThatWasLearned) {
  config.subscription_timeout_intervals(10).acknowledgement_timeout(std::nullopt);
  begin({1, 2});
  for (int second = 0; second < 9; ++second) {
    say("data 1");
    say("data 2");
    world->run_for(1s);
  }

  starve(2, {1, 2}, 10s);

  EXPECT_THAT(world->server().texts(), ElementsAre("sub 1,2", "unsub 2", "sub 2"));
  EXPECT_EQ(counters().stalls, 1U);
}

TEST_F(ShardTruthTest, TheAgeOfItsDataOutlivesTheConnection) {
  begin({1, 2});
  EXPECT_EQ(state(1).since_data, std::nullopt);
  say("data 1");
  cut();
  world->run_for(7s);

  EXPECT_EQ(state(1).since_data, 7s);
  EXPECT_EQ(state(2).since_data, std::nullopt);
}

TEST_F(ShardTruthTest, TheAgeOfItsDataGrowsInAPause) {
  begin({1});
  say("data 1");

  world->pause();
  world->run_for(1h);

  EXPECT_EQ(state(1).since_data, 1h);
}

TEST_F(ShardTruthTest, WhatIsWantedAnewHasNoDataYet) {
  begin({1, 2});
  say("data 1");
  world->unsubscribe(1);

  world->subscribe({1});

  EXPECT_EQ(state(1).since_data, std::nullopt);
}

TEST_F(ShardTruthTest, ADrainNoticeBringsAReplacement) {
  begin({1});

  say("drain");

  EXPECT_THAT(world->events_of<event::DrainNoticed>(), SizeIs(1));
  const auto started = world->events_of<event::SwitchoverStarted>();
  ASSERT_THAT(started, SizeIs(1));
  EXPECT_EQ(started[0].trigger, SwitchoverTrigger::kDrainNotice);
}

TEST_F(ShardTruthTest, AStandstillOfTheProcessIsNobodysFault) {
  config.data_timeout(30s).ping_interval(20s).pong_timeout(10s).failure_threshold(1);
  begin({1});
  say("data 1");
  world->run_for(19s);

  world->now += 1h;
  world->core.handle_timeout(world->now);
  world->pump();

  EXPECT_THAT(world->events_of<event::HealthFailed>(), IsEmpty());
}

/// Here the closing handshake of a connection that is replaced before the timers are looked at.
TEST_F(ShardTruthTest, WhatBeginsAfterAStandstillIsNotPutOffByIt) {
  begin({1});
  world->server().manners().answers_close = false;

  world->now += 1h;
  world->core.begin_turn(world->now);
  ASSERT_TRUE(world->core.reconnect_shard(ShardId{0}, world->now));
  world->pump();
  world->core.handle_timeout(world->now);
  ASSERT_THAT(world->connected(), SizeIs(2));

  world->run_for(5s);
  EXPECT_THAT(world->connected(), SizeIs(1));
}

/// Whatever happens before the timers are looked at again: here a pause.
TEST_F(ShardTruthTest, AStandstillIsForgivenOnce) {
  config.ping_interval(20s).pong_timeout(10s).failure_threshold(1);
  begin({1});
  world->server().manners().answers_pings = false;
  world->run_for(20s);

  world->now += 1h;
  world->core.begin_turn(world->now);
  world->pause();
  world->now += 1s;
  world->core.begin_turn(world->now);
  world->resume();
  world->core.handle_timeout(world->now);
  world->pump();
  world->run_for(10s);

  EXPECT_THAT(world->events_of<event::HealthFailed>(), SizeIs(1));
}

TEST_F(ShardTruthTest, NothingIsAskedForAgainByAShardThatCloses) {
  make().behaviour.manners.answers_close = false;
  begin({1, 2});
  say("rej 2");

  world->stop(2min);
  world->run_for(1min);

  EXPECT_EQ(world->core.next_deadline(), std::nullopt);
}

}  // namespace
}  // namespace wsm
