#include "core/subscription/request_batcher.h"

#include <chrono>
#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/core/subscription/request_batcher_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::id;
using test::ids;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::SizeIs;

using RequestBatcherTest = test::RequestBatcherFixture;

TEST_F(RequestBatcherTest, HasNothingToAskAtFirst) {
  EXPECT_EQ(take(), "nothing");
  EXPECT_TRUE(batcher->is_settled());
  EXPECT_EQ(batcher->requested_count(), 0U);
  EXPECT_EQ(batcher->next_deadline(), std::nullopt);
}

TEST_F(RequestBatcherTest, AsksForWishesInTheirOrder) {
  want({3, 1, 2});

  EXPECT_EQ(take(), "subscribe 3 1 2");
  EXPECT_FALSE(batcher->is_settled());

  batcher->handle_sent(now);
  EXPECT_EQ(take(), "nothing");
  EXPECT_TRUE(batcher->is_settled());
  EXPECT_EQ(batcher->requested_count(), 3U);
}

TEST_F(RequestBatcherTest, RemembersWhenEachWasRequested) {
  want({1});
  EXPECT_EQ(batcher->requested_at(id(1)), std::nullopt);
  (void)take();

  batcher->handle_sent(now + 5s);

  EXPECT_EQ(batcher->requested_at(id(1)), now + 5s);
  EXPECT_EQ(batcher->requested_at(id(2)), std::nullopt);
}

TEST_F(RequestBatcherTest, CutsAtTheCount) {
  make({.subscriptions_per_message = 2});
  want({1, 2, 3, 4, 5});

  EXPECT_THAT(ask_everything(), ElementsAre("subscribe 1 2", "subscribe 3 4", "subscribe 5"));
}

TEST_F(RequestBatcherTest, HasOneBatchUnderWayAtATime) {
  make({.subscriptions_per_message = 1});
  want({1, 2});
  (void)take();

  EXPECT_TRUE(batcher->is_asking());
  EXPECT_EQ(take(), "nothing");
}

TEST_F(RequestBatcherTest, AsksOnceForWhatIsWantedTwice) {
  want({1, 1});
  EXPECT_EQ(take(), "subscribe 1");
  want({1});
  batcher->handle_sent(now);
  want({1});

  EXPECT_EQ(take(), "nothing");
}

TEST_F(RequestBatcherTest, ForgetsAtOnceWhatWasNeverAskedFor) {
  want({1, 2});

  EXPECT_TRUE(batcher->unwant(id(1)));

  EXPECT_FALSE(batcher->holds(id(1)));
  EXPECT_EQ(take(), "subscribe 2");
}

TEST_F(RequestBatcherTest, KnowsNothingOfWhatItNeverHeard) {
  EXPECT_TRUE(batcher->unwant(id(9)));
  EXPECT_EQ(take(), "nothing");
  EXPECT_TRUE(batcher->is_settled());
}

TEST_F(RequestBatcherTest, EndsWhatWasRequestedAndNamesItAfterwards) {
  request({1, 2});

  EXPECT_FALSE(batcher->unwant(id(1)));
  EXPECT_EQ(take(), "unsubscribe 1");
  EXPECT_TRUE(batcher->holds(id(1)));
  EXPECT_THAT(batcher->take_dropped(), IsEmpty());

  batcher->handle_sent(now);
  EXPECT_FALSE(batcher->holds(id(1)));
  EXPECT_EQ(batcher->take_dropped(), ids({1}));
  EXPECT_THAT(batcher->take_dropped(), IsEmpty());
  EXPECT_EQ(batcher->requested_count(), 1U);
}

TEST_F(RequestBatcherTest, UnsubscribesBeforeItSubscribes) {
  request({1});
  want({2});
  batcher->unwant(id(1));

  EXPECT_THAT(ask_everything(), ElementsAre("unsubscribe 1", "subscribe 2"));
}

TEST_F(RequestBatcherTest, AsksNothingForAWishThatCameBackInTime) {
  request({1});

  batcher->unwant(id(1));
  want({1});

  EXPECT_EQ(take(), "nothing");
  EXPECT_TRUE(batcher->is_settled());
}

TEST_F(RequestBatcherTest, EndsAfterwardsWhatIsUnwantedWhileItIsAskedFor) {
  want({1});
  (void)take();

  EXPECT_FALSE(batcher->unwant(id(1)));
  batcher->handle_sent(now);

  EXPECT_EQ(take(), "unsubscribe 1");
  batcher->handle_sent(now);
  EXPECT_EQ(batcher->take_dropped(), ids({1}));
}

TEST_F(RequestBatcherTest, AsksAgainForWhatIsWantedWhileItIsEnded) {
  request({1});
  batcher->unwant(id(1));
  (void)take();

  want({1});
  batcher->handle_sent(now);

  EXPECT_THAT(batcher->take_dropped(), IsEmpty());
  EXPECT_EQ(take(), "subscribe 1");
}

// Its renewal could not be rendered, and it was unsubscribed and subscribed meanwhile.
TEST_F(RequestBatcherTest, RenewsWhatWasPutOffAndIsWantedAnew) {
  request({1});
  batcher->renew(id(1));
  EXPECT_EQ(take(), "unsubscribe 1");
  (void)batcher->handle_unfit(now);

  batcher->unwant(id(1));
  batcher->want(id(1));

  EXPECT_THAT(ask_everything(), ElementsAre("unsubscribe 1", "subscribe 1"));
}

TEST_F(RequestBatcherTest, FitsUpToTheBytesAndNoFurther) {
  make({.bytes_per_message = 100});

  EXPECT_TRUE(batcher->fits(100));
  EXPECT_FALSE(batcher->fits(101));
}

TEST_F(RequestBatcherTest, HalvesWhatDoesNotFitAndKeepsTheOrder) {
  want({1, 2, 3, 4, 5});
  EXPECT_EQ(take(), "subscribe 1 2 3 4 5");

  EXPECT_EQ(batcher->handle_unfit(now), std::nullopt);
  EXPECT_EQ(take(), "subscribe 1 2");
  EXPECT_EQ(batcher->handle_unfit(now), std::nullopt);
  EXPECT_EQ(take(), "subscribe 1");
}

TEST_F(RequestBatcherTest, GrowsAgainAfterEachMessageThatFits) {
  make({.subscriptions_per_message = 4});
  want({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  (void)take();
  (void)batcher->handle_unfit(now);
  (void)take();
  (void)batcher->handle_unfit(now);

  EXPECT_THAT(ask_everything(), ElementsAre("subscribe 1", "subscribe 2 3", "subscribe 4 5 6 7",
                                            "subscribe 8 9 10 11"));
}

TEST_F(RequestBatcherTest, HalvesUnsubscribesToo) {
  request({1, 2});
  batcher->unwant(id(1));
  batcher->unwant(id(2));
  EXPECT_EQ(take(), "unsubscribe 1 2");

  EXPECT_EQ(batcher->handle_unfit(now), std::nullopt);

  EXPECT_THAT(ask_everything(), ElementsAre("unsubscribe 1", "unsubscribe 2"));
}

TEST_F(RequestBatcherTest, DropsInTheMiddleOfHalvingWhatIsUnwantedMeanwhile) {
  want({1, 2});
  (void)take();
  batcher->unwant(id(1));

  EXPECT_EQ(batcher->handle_unfit(now), std::nullopt);

  EXPECT_EQ(batcher->take_dropped(), ids({1}));
  EXPECT_EQ(take(), "subscribe 2");
}

TEST_F(RequestBatcherTest, PutsOffTheOneThatDoesNotFitAndAsksForTheOthers) {
  want({1, 2});
  (void)take();
  (void)batcher->handle_unfit(now);
  EXPECT_EQ(take(), "subscribe 1");

  EXPECT_THAT(batcher->handle_unfit(now), Optional(id(1)));

  EXPECT_THAT(ask_everything(), ElementsAre("subscribe 2"));
  EXPECT_TRUE(batcher->has_asked_everything());
  EXPECT_FALSE(batcher->is_settled());
}

TEST_F(RequestBatcherTest, AsksAgainForWhatIsPutOffAtItsTimeAndNotBefore) {
  put_off(1);
  EXPECT_EQ(batcher->next_deadline(), now + 30s);

  batcher->handle_timeout(now + 30s - 1ns);
  EXPECT_EQ(take(), "nothing");
  batcher->handle_timeout(now + 30s);
  EXPECT_EQ(take(), "subscribe 1");
  EXPECT_EQ(batcher->next_deadline(), std::nullopt);
}

TEST_F(RequestBatcherTest, PutsOffAgainWhatStillDoesNotFit) {
  put_off(1);
  batcher->handle_timeout(now + 30s);
  (void)take();

  EXPECT_THAT(batcher->handle_unfit(now + 30s), Optional(id(1)));

  EXPECT_EQ(batcher->next_deadline(), now + 60s);
}

TEST_F(RequestBatcherTest, TriesFullBatchesAgainBehindABadName) {
  make({.subscriptions_per_message = 4});
  want({1, 2, 3, 4, 5});
  for (const char* batch : {"subscribe 1 2 3 4", "subscribe 1 2", "subscribe 1"}) {
    EXPECT_EQ(take(), batch);
    (void)batcher->handle_unfit(now);
  }

  EXPECT_EQ(take(), "subscribe 2 3 4 5");
}

TEST_F(RequestBatcherTest, IsSettledWhenNobodyWantsWhatWasPutOff) {
  put_off(1);

  EXPECT_TRUE(batcher->unwant(id(1)));

  EXPECT_TRUE(batcher->is_settled());
  EXPECT_EQ(batcher->next_deadline(), std::nullopt);
}

TEST_F(RequestBatcherTest, StillWaitsForTheOthersThatWerePutOff) {
  put_off(1);
  now += 10s;
  put_off(2);

  batcher->unwant(id(1));

  EXPECT_FALSE(batcher->is_settled());
  EXPECT_EQ(batcher->next_deadline(), now + 20s);
}

TEST_F(RequestBatcherTest, AsksAtOnceForWhatIsWantedAnewAfterItWasPutOff) {
  put_off(1);
  batcher->unwant(id(1));

  want({1});

  EXPECT_EQ(take(), "subscribe 1");
  batcher->handle_sent(now);
  batcher->handle_timeout(now + 30s);
  EXPECT_EQ(take(), "nothing");
}

TEST_F(RequestBatcherTest, PutsOffTheWholeBatchThatCouldNotBeSent) {
  want({1, 2, 3});
  (void)take();

  EXPECT_EQ(batcher->handle_unsent(now), 3U);

  EXPECT_EQ(take(), "nothing");
  EXPECT_EQ(batcher->next_deadline(), now + 30s);
  batcher->handle_timeout(now + 30s);
  EXPECT_EQ(take(), "subscribe 1 2 3");
}

TEST_F(RequestBatcherTest, TakesAnyNumberAsTheCapOfABatch) {
  make({.subscriptions_per_message = std::numeric_limits<std::size_t>::max()});
  for (SubscriptionId::rep number = 1; number <= 200; ++number) {
    want({number});
    ASSERT_EQ(take(), "subscribe " + std::to_string(number));
    batcher->handle_sent(now);
  }
}

TEST_F(RequestBatcherTest, KeepsWhatCouldNotBeEndedUntilItCan) {
  request({1});
  batcher->unwant(id(1));
  (void)take();

  EXPECT_THAT(batcher->handle_unfit(now), Optional(id(1)));
  EXPECT_TRUE(batcher->holds(id(1)));
  EXPECT_TRUE(batcher->is_settled()) << "everything that is wanted has been requested";
  EXPECT_EQ(batcher->requested_count(), 0U);

  batcher->handle_timeout(now + 30s);
  EXPECT_EQ(take(), "unsubscribe 1");
}

TEST_F(RequestBatcherTest, IsSettledWhenWhatCouldNotBeEndedIsWantedAgain) {
  request({1});
  batcher->unwant(id(1));
  (void)take();
  (void)batcher->handle_unfit(now);

  want({1});

  EXPECT_TRUE(batcher->is_settled());
  batcher->handle_timeout(now + 30s);
  EXPECT_EQ(take(), "nothing");
  EXPECT_EQ(batcher->requested_count(), 1U);
}

TEST_F(RequestBatcherTest, DoesNotPutOffWhatIsUnwantedMeanwhile) {
  want({1});
  (void)take();
  batcher->unwant(id(1));

  EXPECT_EQ(batcher->handle_unfit(now), std::nullopt);

  EXPECT_EQ(batcher->take_dropped(), ids({1}));
  EXPECT_TRUE(batcher->is_settled());
}

TEST_F(RequestBatcherTest, DoesNotPutOffAnEndThatIsNotWantedMeanwhile) {
  request({1});
  batcher->unwant(id(1));
  (void)take();
  want({1});

  EXPECT_EQ(batcher->handle_unfit(now), std::nullopt);

  EXPECT_TRUE(batcher->is_settled());
  EXPECT_EQ(batcher->requested_count(), 1U);
}

using RequestBatcherDeathTest = RequestBatcherTest;

TEST_F(RequestBatcherDeathTest, TakesNoAnswerWithoutABatch) {
  EXPECT_DEATH(batcher->handle_sent(now), "asking_");
  EXPECT_DEATH((void)batcher->handle_unfit(now), "asking_");
}

TEST(RequestKindTest, HasAWordForEach) {
  EXPECT_EQ(to_string(RequestKind::kSubscribe), "subscribe");
  EXPECT_EQ(to_string(RequestKind::kUnsubscribe), "unsubscribe");
}

TEST_F(RequestBatcherTest, SaysWhatTheServerHasNotBeenToldTheEndOf) {
  EXPECT_FALSE(batcher->want(id(1))) << "it has yet to be asked for";
  (void)ask_everything();

  (void)batcher->unwant(id(1));
  EXPECT_TRUE(batcher->want(id(1)));
  EXPECT_FALSE(batcher->want(id(1))) << "it was wanted";
  (void)batcher->unwant(id(1));
  EXPECT_EQ(take(), "unsubscribe 1");
  EXPECT_FALSE(batcher->want(id(1))) << "it is being told";
}

}  // namespace
}  // namespace wsm
