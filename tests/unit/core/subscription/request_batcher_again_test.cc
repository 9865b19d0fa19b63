// What has been requested, and is to be asked about once more, while wishes change and room is
// short.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/core/subscription/request_batcher_fixture.h"

namespace wsm {
namespace {

using test::id;
using test::ids;
using ::testing::ElementsAre;

using RequestBatcherAgainTest = test::RequestBatcherFixture;

TEST_F(RequestBatcherAgainTest, EndsWhatIsUnwantedWhileItsBatchIsHalved) {
  request({1, 2});
  batcher->ask_again(id(1));
  batcher->ask_again(id(2));
  EXPECT_EQ(take(), "subscribe 1 2");
  EXPECT_FALSE(batcher->unwant(id(1)));

  EXPECT_EQ(batcher->handle_unfit(now), std::nullopt);

  EXPECT_FALSE(batcher->has_asked_everything());
  EXPECT_THAT(ask_everything(), ElementsAre("unsubscribe 1", "subscribe 2"));
  EXPECT_EQ(batcher->take_dropped(), ids({1}));
}

/// The end has not been tried yet, so there is nothing to wait for.
TEST_F(RequestBatcherAgainTest, DoesNotPutOffTheEndOfWhatCouldNotBeAskedAgain) {
  request({1});
  batcher->ask_again(id(1));
  (void)take();
  batcher->unwant(id(1));

  EXPECT_EQ(batcher->handle_unfit(now), std::nullopt);

  EXPECT_EQ(take(), "unsubscribe 1");
}

TEST_F(RequestBatcherAgainTest, KeepsTheOrderOfABatchThatIsHalved) {
  request({1, 2, 3, 4});
  for (const auto number : {1U, 2U, 3U, 4U}) batcher->ask_again(id(number));
  EXPECT_EQ(take(), "subscribe 1 2 3 4");

  (void)batcher->handle_unfit(now);

  EXPECT_EQ(take(), "subscribe 1 2");
}

/// The end of 1 cannot be told, so that its place on the server is not free.
TEST_F(RequestBatcherAgainTest, DoesNotWaitBehindAWishThatHasNoRoom) {
  make({.subscriptions_max = 2});
  request({1, 3});
  batcher->unwant(id(1));
  (void)take();
  EXPECT_EQ(batcher->handle_unfit(now), id(1));
  want({2});
  EXPECT_EQ(take(), "nothing");

  batcher->ask_again(id(3));

  EXPECT_THAT(ask_everything(), ElementsAre("subscribe 3"));
}

TEST_F(RequestBatcherAgainTest, DoesNotWaitForTheBudgetOfAllConnections) {
  SubscriptionBudget narrow{1};
  batcher.emplace(RequestBatcher::Options{}, narrow);
  want({1, 2});
  EXPECT_THAT(ask_everything(), ElementsAre("subscribe 1"));
  EXPECT_TRUE(batcher->lacks_room());

  batcher->ask_again(id(1));

  EXPECT_FALSE(batcher->lacks_room());
  EXPECT_THAT(ask_everything(), ElementsAre("subscribe 1"));
  EXPECT_TRUE(batcher->lacks_room());
}

}  // namespace
}  // namespace wsm
