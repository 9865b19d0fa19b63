// What a connection asks for where the server counts subscriptions over all connections.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/core/subscription/request_batcher_fixture.h"

namespace wsm {
namespace {

using test::id;
using ::testing::ElementsAre;

class RequestBatcherBudgetTest : public test::RequestBatcherFixture {
 protected:
  /// Room for three in all.
  void SetUp() override { batcher.emplace(RequestBatcher::Options{}, narrow); }

  void settle() {
    now += SubscriptionBudget::kSettle;
    narrow.handle_timeout(now);
  }

  SubscriptionBudget narrow{3};
};

TEST_F(RequestBatcherBudgetTest, AsksForAsMuchAsThereIsRoomFor) {
  want({1, 2, 3, 4, 5});

  EXPECT_THAT(ask_everything(), ElementsAre("subscribe 1 2 3"));
  EXPECT_TRUE(batcher->lacks_room());
  EXPECT_FALSE(batcher->has_asked_everything());
  EXPECT_EQ(batcher->held(), 3U);
}

TEST_F(RequestBatcherBudgetTest, AsksForTheRestWhenWhatEndedIsSettled) {
  want({1, 2, 3, 4, 5});
  (void)ask_everything();

  batcher->unwant(id(1));
  batcher->unwant(id(2));
  EXPECT_THAT(ask_everything(), ElementsAre("unsubscribe 1 2"));
  EXPECT_TRUE(batcher->lacks_room()) << "the server may not know it yet";
  settle();

  EXPECT_FALSE(batcher->lacks_room());
  EXPECT_THAT(ask_everything(), ElementsAre("subscribe 4 5"));
  EXPECT_TRUE(batcher->has_asked_everything());
}

TEST_F(RequestBatcherBudgetTest, LacksNoRoomForWhatIsNotWantedAnyMore) {
  want({1, 2, 3, 4});
  (void)ask_everything();

  batcher->unwant(id(4));

  EXPECT_FALSE(batcher->lacks_room());
  EXPECT_EQ(take(), "nothing");
  EXPECT_TRUE(batcher->has_asked_everything());
}

TEST_F(RequestBatcherBudgetTest, HoldsNoRoomForWhatIsPutOffOrRefused) {
  put_off(1);
  EXPECT_EQ(batcher->held(), 0U);

  request({2, 3});
  EXPECT_EQ(batcher->held(), 2U);
  batcher->handle_refused(id(3));

  EXPECT_EQ(batcher->held(), 1U);
  EXPECT_EQ(narrow.taken(), 1U);
}

TEST_F(RequestBatcherBudgetTest, TakesNoMoreRoomToAskAgain) {
  request({1, 2, 3});

  batcher->ask_again(id(1));

  EXPECT_EQ(take(), "subscribe 1");
  batcher->handle_sent(now);
  EXPECT_EQ(narrow.taken(), 3U);
}

TEST_F(RequestBatcherBudgetTest, KeepsItsRoomWhileItHalvesABatch) {
  want({1, 2, 3});
  (void)take();

  (void)batcher->handle_unfit(now);

  EXPECT_THAT(ask_everything(), ElementsAre("subscribe 1", "subscribe 2 3"));
  EXPECT_EQ(narrow.taken(), 3U);
}

}  // namespace
}  // namespace wsm
