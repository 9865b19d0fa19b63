// What is asked for again, and what is left of it when a server refuses.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/core/subscription/request_batcher_fixture.h"

namespace wsm {
namespace {

using test::id;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using RequestBatcherRefusalTest = test::RequestBatcherFixture;

TEST_F(RequestBatcherRefusalTest, KeepsNothingOfWhatWasRefusedAtOnce) {
  request({1, 2});

  batcher->handle_refused(id(1));

  EXPECT_THAT(ask_everything(), IsEmpty());
  EXPECT_FALSE(batcher->holds(id(1)));
  EXPECT_TRUE(batcher->is_settled());
  EXPECT_EQ(batcher->requested_count(), 1U);
}

TEST_F(RequestBatcherRefusalTest, AsksForItWhenItIsWantedAfterwards) {
  request({1});
  batcher->handle_refused(id(1));

  want({1});

  EXPECT_THAT(ask_everything(), ElementsAre("subscribe 1"));
}

/// The first request may have been obeyed, only its answer be lost.
TEST_F(RequestBatcherRefusalTest, EndsWhatWasAskedForAgainAndRefused) {
  request({1});
  batcher->ask_again(id(1));
  EXPECT_THAT(ask_everything(), ElementsAre("subscribe 1"));

  batcher->handle_refused(id(1));

  EXPECT_EQ(batcher->requested_count(), 0U);
  EXPECT_TRUE(batcher->is_settled());
  EXPECT_THAT(ask_everything(), ElementsAre("unsubscribe 1"));
  EXPECT_FALSE(batcher->holds(id(1)));
}

TEST_F(RequestBatcherRefusalTest, CountsItAgainstTheCapUntilItIsEnded) {
  make({.subscriptions_max = 2});
  request({1, 2});
  batcher->ask_again(id(1));
  (void)ask_everything();
  batcher->handle_refused(id(1));

  want({3});

  EXPECT_THAT(ask_everything(), ElementsAre("unsubscribe 1", "subscribe 3"));
}

TEST_F(RequestBatcherRefusalTest, EndsItBeforeItAsksForWhatIsWantedAgain) {
  request({1});
  batcher->ask_again(id(1));
  (void)ask_everything();
  batcher->handle_refused(id(1));

  want({1});

  EXPECT_THAT(ask_everything(), ElementsAre("unsubscribe 1", "subscribe 1"));
  EXPECT_EQ(batcher->requested_count(), 1U);
}

TEST_F(RequestBatcherRefusalTest, EndsItWhenARequestIsUnderWayMeanwhile) {
  request({1});
  batcher->ask_again(id(1));
  EXPECT_EQ(take(), "subscribe 1");

  batcher->handle_refused(id(1));
  batcher->handle_sent(now);

  EXPECT_THAT(ask_everything(), ElementsAre("unsubscribe 1"));
}

TEST_F(RequestBatcherRefusalTest, EndsItThoughAnotherRequestWasPutOff) {
  request({1});
  batcher->ask_again(id(1));
  (void)ask_everything();
  batcher->renew(id(1));
  EXPECT_EQ(take(), "unsubscribe 1");
  EXPECT_EQ(batcher->handle_unsent(now), 1U);

  batcher->handle_refused(id(1));

  EXPECT_THAT(ask_everything(), ElementsAre("unsubscribe 1"));
  EXPECT_EQ(batcher->next_deadline(), std::nullopt);
}

/// A subscription that was ended in between is asked for once.
TEST_F(RequestBatcherRefusalTest, KeepsNothingOfWhatWasEndedBeforeItWasAskedForAgain) {
  request({1});
  batcher->renew(id(1));
  EXPECT_THAT(ask_everything(), ElementsAre("unsubscribe 1", "subscribe 1"));

  batcher->handle_refused(id(1));

  EXPECT_THAT(ask_everything(), IsEmpty());
  EXPECT_FALSE(batcher->holds(id(1)));
}

}  // namespace
}  // namespace wsm
