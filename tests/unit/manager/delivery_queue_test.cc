#include "manager/delivery_queue.h"

#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "unit/manager/queued.h"

namespace wsm {
namespace {

using test::contents;
using test::some_event;
using test::state;
using test::text_message;
using ::testing::ElementsAre;
using ::testing::IsNull;

constexpr TimePoint kNow{};

class DeliveryQueueTest : public ::testing::Test {
 protected:
  void push(std::size_t count, std::string_view payload = "m") {
    for (std::size_t i = 0; i < count; ++i) queue.push(from, text_message(payload));
  }

  const ConnectionStatePtr from = state(1);
  const DeliveryOptions options{.queue_capacity = 4, .queue_bytes_max = 100};
  DeliveryQueue queue{options};
};

TEST_F(DeliveryQueueTest, NoticesFillItAtABoundOfTheirOwnAndDrainIt) {
  constexpr std::size_t kMax = DeliveryQueue::kNoticesMax;
  for (std::size_t i = 1; i < kMax; ++i) queue.push(some_event());
  EXPECT_FALSE(queue.is_full());
  queue.push(some_event());
  EXPECT_TRUE(queue.is_full());
  EXPECT_EQ(queue.depth(), 0U);

  for (std::size_t i = 0; i < kMax / 2 - 1; ++i) queue.finish_notice(some_event());
  EXPECT_FALSE(queue.has_drained());
  queue.finish_notice(some_event());
  EXPECT_TRUE(queue.has_drained());
}

TEST_F(DeliveryQueueTest, TakesNoMoreNoticesAtTwiceTheirBound) {
  for (std::size_t i = 1; i < 2 * DeliveryQueue::kNoticesMax; ++i) queue.push(some_event());
  EXPECT_FALSE(queue.is_full_of_notices());

  queue.push(some_event());

  EXPECT_TRUE(queue.is_full_of_notices());
}

TEST_F(DeliveryQueueTest, ANoticeCountsForEachSubscriptionThatItLists) {
  const Notice changed =
      Event{{},
            event::SubscriptionsRemoved{
                ShardId{0}, std::vector<SubscriptionName>(2 * DeliveryQueue::kNoticesMax - 1)}};

  queue.push(changed);
  EXPECT_TRUE(queue.is_full_of_notices());

  queue.finish_notice(changed);
  EXPECT_TRUE(queue.has_drained());
}

TEST_F(DeliveryQueueTest, HandsOutBatchesInTheOrderOfTheirTurns) {
  push(1, "a");
  push(1, "b");
  queue.flush(kNow);
  push(1, "c");
  queue.flush(kNow);

  EXPECT_THAT(contents(*queue.take()), ElementsAre("1:a", "1:b"));
  EXPECT_THAT(contents(*queue.take()), ElementsAre("1:c"));
}

TEST_F(DeliveryQueueTest, ATurnThatBroughtNothingGivesNoBatch) {
  queue.flush(kNow);
  queue.close();

  EXPECT_THAT(queue.take(), IsNull());
}

TEST_F(DeliveryQueueTest, CloseHandsOutTheRestAndThenNothing) {
  push(1, "last");
  queue.close();

  EXPECT_THAT(contents(*queue.take()), ElementsAre("1:last"));
  EXPECT_THAT(queue.take(), IsNull());
  EXPECT_THAT(queue.take(), IsNull());
}

TEST_F(DeliveryQueueTest, IsFullAtItsCapacityAndNotOneMessageBefore) {
  push(options.queue_capacity - 1);
  EXPECT_FALSE(queue.is_full());

  push(1);
  EXPECT_TRUE(queue.is_full());
}

TEST_F(DeliveryQueueTest, IsFullAtItsBytesAndNotOneByteBefore) {
  push(1, std::string(options.queue_bytes_max - 1, 'x'));
  EXPECT_FALSE(queue.is_full());

  push(1, "x");
  EXPECT_TRUE(queue.is_full());
}

TEST_F(DeliveryQueueTest, StaysFullUntilWhatWasTakenIsHandled) {
  push(options.queue_capacity);
  queue.flush(kNow);
  const auto batch = queue.take();

  EXPECT_TRUE(queue.is_full());
  queue.finish_message(1);
  EXPECT_FALSE(queue.is_full());
}

TEST_F(DeliveryQueueTest, HasDrainedWhenHalfOfItsCapacityIsLeftAndNotOneMessageBefore) {
  push(options.queue_capacity);
  queue.finish_message(1);
  EXPECT_FALSE(queue.has_drained());

  queue.finish_message(1);
  EXPECT_TRUE(queue.has_drained());
}

// Behind a handler that is always somewhat slow messages wait all the time.
TEST_F(DeliveryQueueTest, HasDrainedOfNoticesThoughItIsFullOfMessages) {
  push(options.queue_capacity);
  for (std::size_t i = 0; i < DeliveryQueue::kNoticesMax; ++i) queue.push(Event{});
  EXPECT_FALSE(queue.has_drained_notices());

  for (std::size_t i = 0; i < DeliveryQueue::kNoticesMax / 2; ++i) queue.finish_notice(Event{});

  EXPECT_TRUE(queue.has_drained_notices());
  EXPECT_FALSE(queue.has_drained());
}

TEST_F(DeliveryQueueTest, HasDrainedWhenHalfOfItsBytesAreLeftAndNotOneByteBefore) {
  push(1, std::string(51, 'x'));
  EXPECT_FALSE(queue.has_drained());
  queue.finish_message(51);

  push(1, std::string(50, 'x'));
  EXPECT_TRUE(queue.has_drained());
}

TEST_F(DeliveryQueueTest, AQueueForOneMessageDrainsWhenThatIsHandled) {
  DeliveryQueue narrow{{.queue_capacity = 1, .queue_bytes_max = 1}};
  narrow.push(from, text_message("m"));
  EXPECT_TRUE(narrow.is_full());
  EXPECT_FALSE(narrow.has_drained());

  narrow.finish_message(1);

  EXPECT_TRUE(narrow.has_drained());
}

TEST_F(DeliveryQueueTest, DepthCountsMessagesFromThePushUntilTheyAreHandled) {
  push(2);
  queue.push(some_event());
  EXPECT_EQ(queue.depth(), 2U);

  queue.flush(kNow);
  const auto batch = queue.take();
  EXPECT_EQ(queue.depth(), 2U);

  queue.finish_message(1);
  EXPECT_EQ(queue.depth(), 1U);
}

TEST_F(DeliveryQueueTest, UsesABatchAgainOnceItIsRecycled) {
  push(1);
  queue.flush(kNow);
  auto batch = queue.take();
  const DeliveryBatch* const memory = batch.get();

  queue.recycle(std::move(batch));
  push(1, "in the one that was begun meanwhile");
  queue.flush(kNow);
  push(1, "in the old one");
  queue.flush(kNow);

  (void)queue.take();
  const auto again = queue.take();
  EXPECT_EQ(again.get(), memory);
  EXPECT_THAT(contents(*again), ElementsAre("1:in the old one"));
}

TEST_F(DeliveryQueueTest, WakesAConsumerThatWaits) {
  std::vector<std::string> taken;
  std::thread consumer{[&] {
    while (const auto batch = queue.take()) taken.push_back(contents(*batch).front());
  }};

  push(1, "a");
  queue.flush(kNow);
  queue.close();
  consumer.join();

  EXPECT_THAT(taken, ElementsAre("1:a"));
}

TEST_F(DeliveryQueueTest, EverythingArrivesInOrderOnAnotherThread) {
  constexpr int kMessages = 20'000;
  std::vector<std::string> taken;
  std::thread consumer{[&] {
    while (auto batch = queue.take()) {
      for (std::string& entry : contents(*batch)) {
        taken.push_back(std::move(entry));
        queue.finish_message(0);
      }
      queue.recycle(std::move(batch));
    }
  }};

  std::vector<std::string> pushed;
  for (int i = 0; i < kMessages; ++i) {
    pushed.push_back("1:" + std::to_string(i));
    queue.push(from, text_message(std::string_view{pushed.back()}.substr(2)));
    EXPECT_LE(queue.depth(), static_cast<std::size_t>(i) + 1);
    if (i % 3 == 0) queue.flush(kNow);
  }
  queue.close();
  consumer.join();

  EXPECT_EQ(taken, pushed);
  EXPECT_EQ(queue.depth(), 0U);
}

}  // namespace
}  // namespace wsm
