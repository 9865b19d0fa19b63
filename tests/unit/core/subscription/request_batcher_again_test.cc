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

}  // namespace
}  // namespace wsm
