// What an open connection is asked, in which messages, and when a subscription can be forgotten.

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/world_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using ShardRequestsTest = test::WorldFixture;

TEST_F(ShardRequestsTest, CutsRequestsAtTheCount) {
  config.subscriptions_per_message(2);

  start({1, 2, 3, 4, 5});

  EXPECT_THAT(world->server().texts(), ElementsAre("sub 1,2", "sub 3,4", "sub 5"));
}

TEST_F(ShardRequestsTest, CutsRequestsAtTheBytesExactly) {
  config.bytes_per_message(std::string{"sub 1,2"}.size());

  start({1, 2, 3, 4});

  EXPECT_THAT(world->server().texts(), ElementsAre("sub 1,2", "sub 3,4"));
}

TEST_F(ShardRequestsTest, TellsEachRequest) {
  config.subscriptions_per_message(2);
  start({1, 2, 3});
  world->unsubscribe(1);

  const auto requested = world->events_of<event::SubscriptionsRequested>();
  ASSERT_THAT(requested, SizeIs(2));
  EXPECT_EQ(requested[0].count, 2U);
  EXPECT_EQ(requested[1].count, 1U);
  const auto ended = world->events_of<event::UnsubscriptionsRequested>();
  ASSERT_THAT(ended, SizeIs(1));
  EXPECT_EQ(ended[0].count, 1U);
}

TEST_F(ShardRequestsTest, AsksAtOnceForWhatComesLater) {
  start({1});

  world->subscribe({2, 3});
  world->unsubscribe(2);

  EXPECT_THAT(world->server().texts(), ElementsAre("sub 1", "sub 2", "sub 3", "unsub 2"));
}

TEST_F(ShardRequestsTest, OneThatCannotBeRenderedCostsTheOthersNothing) {
  make().behaviour.unrenderable = {SubscriptionId{2}};

  start({1, 2, 3, 4});

  EXPECT_EQ(world->server().subscribed().size(), 3U);
  const auto failed = world->events_of<event::SubscriptionSendFailed>();
  ASSERT_THAT(failed, SizeIs(1));
  EXPECT_EQ(failed[0].count, 1U);
  EXPECT_EQ(failed[0].detail, "handler failed: no name");
  EXPECT_EQ(world->core.metrics(world->now).counters.subscription_send_failures, 1U);
  EXPECT_FALSE(world->core.is_live());
}

TEST_F(ShardRequestsTest, OneThatIsTooLongIsReportedWithItsSize) {
  config.bytes_per_message(6);

  start({1, 1234, 2});

  EXPECT_THAT(world->server().texts(), ElementsAre("sub 1", "sub 2"));
  EXPECT_EQ(world->events_of<event::SubscriptionSendFailed>().front().detail,
            "8 bytes, more than bytes_per_message");
}

TEST_F(ShardRequestsTest, OneThatCouldNotBeRenderedIsTriedAgainAtItsTimeAndNotBefore) {
  make().behaviour.unrenderable = {SubscriptionId{2}};
  start({1, 2});
  world->behaviour.unrenderable.clear();

  world->run_for(30s - 1ns);
  EXPECT_FALSE(world->core.is_live());
  world->run_for(1ns);

  EXPECT_THAT(world->server().texts(), ElementsAre("sub 1", "sub 2"));
  EXPECT_TRUE(world->core.is_live());
}

TEST_F(ShardRequestsTest, IsLiveWhenNobodyWantsAnyMoreWhatCouldNotBeRendered) {
  make().behaviour.unrenderable = {SubscriptionId{2}};
  start({1, 2});

  world->unsubscribe(2);

  EXPECT_TRUE(world->core.is_live());
  EXPECT_THAT(world->forgotten, ElementsAre(SubscriptionId{2}));
}

TEST_F(ShardRequestsTest, ForgetsWhenTheServerHasBeenTold) {
  start({1, 2});
  world->behaviour.answers_render = false;

  world->unsubscribe(1);
  EXPECT_THAT(world->forgotten, IsEmpty());

  answer_render(world->newest(), "unsub 1");
  EXPECT_THAT(world->forgotten, ElementsAre(SubscriptionId{1}));
}

TEST_F(ShardRequestsTest, ForgetsWithTheConnectionThatWasToBeTold) {
  start({1, 2});
  world->behaviour.answers_render = false;
  world->unsubscribe(1);

  cut();

  EXPECT_THAT(world->forgotten, ElementsAre(SubscriptionId{1}));
}

TEST_F(ShardRequestsTest, ForgetsAtOnceWhatNoServerKnows) {
  start({1, 2});
  cut();

  world->unsubscribe(1);

  EXPECT_THAT(world->forgotten, ElementsAre(SubscriptionId{1}));
}

TEST_F(ShardRequestsTest, KeepsWhatIsWantedAgainBeforeTheServerWasTold) {
  start({1, 2});
  world->behaviour.answers_render = false;
  world->unsubscribe(1);
  world->subscribe({1});

  world->behaviour.answers_render = true;
  answer_render(world->newest(), "unsub 1");

  EXPECT_THAT(world->forgotten, IsEmpty());
  EXPECT_EQ(world->server().subscribed().size(), 2U);
  EXPECT_TRUE(world->core.is_live());
}

TEST_F(ShardRequestsTest, AHandlerThatNeedsNoMessageIsDoneWithoutOne) {
  start({1, 2});
  world->behaviour.answers_render = false;
  world->unsubscribe(1);

  world->core.handle_rendered(world->newest(), std::optional<OutgoingMessage>{}, world->now);
  world->pump();

  EXPECT_THAT(world->forgotten, ElementsAre(SubscriptionId{1}));
  EXPECT_THAT(world->server().texts(), ElementsAre("sub 1,2"));
}

TEST_F(ShardRequestsTest, ASecondAnswerToOneQuestionDoesNothing) {
  start({1});

  answer_render(world->newest(), "sub 1");

  EXPECT_THAT(world->server().texts(), ElementsAre("sub 1"));
}

TEST_F(ShardRequestsTest, DataIsExpectedOnlyWhereSomethingIsSubscribed) {
  config.data_timeout(30s).auto_rebalance(false);
  start({1});
  world->run_for(29s);
  EXPECT_EQ(world->core.next_deadline(), world->now + 1s);

  world->unsubscribe(1);
  world->run_for(1h);

  EXPECT_EQ(world->prepares.size(), 1U);
  EXPECT_EQ(world->core.next_deadline(), std::nullopt);
}

}  // namespace
}  // namespace wsm
