// What servers are asked for, and how often: the real core, in virtual time.

#include <chrono>
#include <string>
#include <tuple>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/scenarios/scenario_fixture.h"
#include "sim/scenarios/situations.h"

namespace wsm::sim {
namespace {

using namespace std::chrono_literals;
using Status = SubscriptionStatus;
using ::testing::ElementsAre;
using ::testing::SizeIs;

class SubscribingScenario : public ScenarioTest {};

TEST_F(SubscribingScenario, BatchesAreTheSameAtFirstAndAfterAReconnect) {
  rules.topics = rules.subscriptions_max = 450;
  start_all();
  world.run_for(1s);
  ASSERT_THAT(record.requests, SizeIs(3));

  venue->drop_all();
  world.run_for(1s);

  ASSERT_THAT(record.requests, SizeIs(6));
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_THAT(record.requests[i].second.topics, SizeIs(i % 3 == 2 ? 50 : 200));
  }
}

TEST_F(SubscribingScenario, ALostAnswerIsAskedForAgainAfterItsTimeout) {
  make();
  venue->set_office(Office::kSilent);
  start(3, 3);
  world.run_for(9s);
  EXPECT_EQ(count(Status::kRequested), 3U);
  ASSERT_THAT(record.requests, SizeIs(1));

  venue->set_office(Office::kOpen);
  world.run_for(2s);

  EXPECT_EQ(count(Status::kLive), 3U);
  EXPECT_THAT(record.requests, SizeIs(2));
  EXPECT_THAT(record.all<event::AcknowledgementOverdue>(), SizeIs(1));
}

TEST_F(SubscribingScenario, AnOfficeThatNeverAnswersIsAskedEverMoreSeldom) {
  make();
  venue->set_office(Office::kSilent);
  start(3, 3);

  world.run_for(24h);

  // Ten seconds, doubled six times, and then once in 640 s.
  EXPECT_LE(record.requests.size(), 24h / 640s + 7U);
  EXPECT_GE(record.requests.size(), 24h / 640s);
}

TEST_F(SubscribingScenario, LateAnswersCountAndCostNoMoreThanARequestInEachTimeout) {
  rules.answer_delay_max = 1min;
  start(3, 3);

  EXPECT_TRUE(world.run_until([&] { return count(Status::kLive) == 3; }, 10min));

  EXPECT_LE(record.requests.size(), world.elapsed() / 10s + 1U);
  EXPECT_EQ(metrics().counters.rejections, 0U);
}

TEST_F(SubscribingScenario, WithoutAnswersDataIsProof) {
  rules.answers = AnswerStyle::kNone;
  rules.message_interval = 1s;
  make();
  venue->open();
  start(3, 3);

  world.run_for(1h);

  EXPECT_EQ(count(Status::kLive), 3U);
  EXPECT_THAT(record.requests, SizeIs(1));
}

class RefusalScenario : public SubscribingScenario,
                        public ::testing::WithParamInterface<AnswerStyle> {};

TEST_P(RefusalScenario, WhatIsRefusedForGoodIsReportedAndItsBatchIsLive) {
  rules.answers = GetParam();
  rules.topics = rules.subscriptions_max = 100;
  rules.unknown_topics = {Topic{7}, Topic{42}, Topic{99}};
  start_all();

  world.run_for(1h);
  venue->drop_all();
  world.run_for(1h);

  EXPECT_EQ(count(Status::kLive), 97U);
  for (const Topic topic : rules.unknown_topics) {
    EXPECT_EQ(status(topic), Status::kRejected);
    EXPECT_EQ(record.times_asked(topic), 1U);
  }
  EXPECT_EQ(record.times_asked(Topic{8}), 2U) << "once on each connection";
}

TEST_P(RefusalScenario, WhatIsRefusedForNowIsAskedForUntilItIsGranted) {
  rules.answers = GetParam();
  make();
  venue->set_office(Office::kRejects);
  start(3, 3);
  world.run_for(10min);
  EXPECT_EQ(count(Status::kRejected), 3U);
  EXPECT_LE(record.times_asked(Topic{0}), 10min / 15s + 1U);

  venue->set_office(Office::kOpen);
  world.run_for(31s);

  EXPECT_EQ(count(Status::kLive), 3U);
}

INSTANTIATE_TEST_SUITE_P(EveryStyle, RefusalScenario,
                         ::testing::Values(AnswerStyle::kForRequest, AnswerStyle::kForTopics,
                                           AnswerStyle::kInPart));

TEST_F(SubscribingScenario, WhatIsGrantedAboveTheCapAndNeverServedIsCarriedElsewhere) {
  rules.topics = 15;
  rules.subscriptions_max = 10;
  rules.above_cap = AboveCap::kIgnores;
  config.subscription_timeout(30s);
  make();
  venue->open();
  start(15, 15);

  world.run_for(15min);

  const TimePoint since = world.now();
  EXPECT_TRUE(world.run_until([&] { return !oracles.freshness.find_stale(since); }, 1min));
  EXPECT_GE(metrics().shards.size(), 2U);
}

TEST_F(SubscribingScenario, ASecondSubscribeAddsAndReplacesNothing) {
  start(2, 10);
  world.run_for(1s);

  client->subscribe(Topic{5});
  client->subscribe(Topic{6});
  world.run_for(1s);
  venue->drop_all();
  world.run_for(1s);

  EXPECT_THAT(session().topics(), ElementsAre(Topic{0}, Topic{1}, Topic{5}, Topic{6}));
}

TEST_F(SubscribingScenario, ADuplicateInTheFirstListIsPlacedOnce) {
  make();
  client->start(std::vector{Topic{0}, Topic{1}, Topic{0}, Topic{2}, Topic{1}}, 2);
  world.run_for(1s);

  EXPECT_EQ(metrics().total_subscriptions, 3U);
  EXPECT_THAT(venue->sessions(), SizeIs(2));
  for (const Topic topic : first_topics(3)) EXPECT_EQ(record.times_asked(topic), 1U);
}

TEST_F(SubscribingScenario, NothingIsAskedForTwiceOnAReconnect) {
  situation::backing_off(*this);
  record.requests.clear();

  client->subscribe(Topic{5});
  client->subscribe(Topic{0});
  heal();
  world.run_for(1min);

  EXPECT_THAT(session().topics(), ElementsAre(Topic{0}, Topic{1}, Topic{5}));
  for (const Topic topic : session().topics()) EXPECT_EQ(record.times_asked(topic), 1U);
}

TEST_F(SubscribingScenario, CommandsAreObeyedDuringABackOff) {
  situation::backing_off(*this);
  const std::size_t dials = record.dials.size();
  heal();

  client->subscribe(Topic{5});
  client->unsubscribe(Topic{0});
  EXPECT_EQ(metrics().total_subscriptions, 2U);
  client->reconnect(ShardId{0});
  world.run_for(100ms);

  EXPECT_THAT(record.dials, SizeIs(dials + 1));
  EXPECT_THAT(session().topics(), ElementsAre(Topic{1}, Topic{5}));
}

/// In each situation, and as fast or as slowly as it may be.
class LastWordScenario
    : public ScenarioTest,
      public ::testing::WithParamInterface<std::tuple<Situation, std::chrono::milliseconds>> {
 protected:
  void SetUp() override {
    std::get<Situation>(GetParam()).bring_about(*this);
    ASSERT_FALSE(client->shards().empty());
  }
  void pause() { world.run_for(std::get<std::chrono::milliseconds>(GetParam())); }
  /// Long enough for a suspended shard, and for whatever was refused; nothing stalls meanwhile.
  void settle() {
    heal();
    for (int i = 0; i < 36; ++i) {
      world.run_for(5s);
      venue->publish_all();
    }
    world.run_for(1s);
  }
};

TEST_P(LastWordScenario, SubscribeUnsubscribeSubscribeEndsSubscribed) {
  client->subscribe(Topic{5});
  pause();
  client->unsubscribe(Topic{5});
  pause();
  client->subscribe(Topic{5});
  settle();

  EXPECT_EQ(oracles.placement.find_unsettled(), std::nullopt);
  EXPECT_EQ(status(Topic{5}), Status::kLive);
  EXPECT_EQ(metrics().total_subscriptions, 3U);
}

TEST_P(LastWordScenario, UnsubscribeSubscribeUnsubscribeEndsUnsubscribed) {
  client->unsubscribe(Topic{1});
  pause();
  client->subscribe(Topic{1});
  pause();
  client->unsubscribe(Topic{1});
  settle();

  EXPECT_EQ(oracles.placement.find_unsettled(), std::nullopt);
  EXPECT_EQ(core().subscription_state(Topic{1}, world.now()), std::nullopt);
  EXPECT_EQ(status(Topic{0}), Status::kLive);
}

INSTANTIATE_TEST_SUITE_P(
    EverySituation, LastWordScenario,
    ::testing::Combine(::testing::ValuesIn(kSituations), ::testing::Values(0ms, 3ms, 700ms)),
    [](const auto& it) {
      return std::string{std::get<Situation>(it.param).name} + "_" +
             std::to_string(std::get<std::chrono::milliseconds>(it.param).count()) + "ms";
    });

}  // namespace
}  // namespace wsm::sim
