// What the queue drops when messages are too many; the model test has the rest.

#include <atomic>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "manager/delivery_queue.h"
#include "unit/manager/queued.h"

namespace wsm {
namespace {

using test::contents;
using test::some_event;
using test::state;
using test::text_message;
using ::testing::ElementsAre;

constexpr TimePoint kNow{};

class DeliveryQueueDropsTest : public ::testing::Test {
 protected:
  static DeliveryOptions options(WhenFull when_full, std::size_t capacity = 3) {
    return {.queue_capacity = capacity, .queue_bytes_max = 1'000, .when_full = when_full};
  }
  /// Pushes each of `payloads` as a message of the subscription that its first letter names.
  void push_latest(DeliveryQueue& queue, std::initializer_list<std::string_view> payloads) {
    for (const std::string_view payload : payloads) {
      const SubscriptionId id{static_cast<std::uint32_t>(payload.front() - 'a')};
      queue.push(from, text_message(payload), {id});
    }
    queue.flush(kNow);
  }
  void push(DeliveryQueue& queue, std::initializer_list<std::string_view> payloads) {
    for (const std::string_view payload : payloads) queue.push(from, text_message(payload));
    queue.flush(kNow);
  }

  const ConnectionStatePtr from = state(1);
};

TEST_F(DeliveryQueueDropsTest, TheOldestGoAndTheRestKeepsItsOrder) {
  DeliveryQueue queue{options(WhenFull::kDropOldest)};

  push(queue, {"a", "b"});
  push(queue, {"c", "d"});

  EXPECT_THAT(contents(*queue.take()), ElementsAre("1:b"));
  EXPECT_THAT(contents(*queue.take()), ElementsAre("1:c", "1:d"));
  EXPECT_EQ(queue.dropped().total(), 1U);
  EXPECT_FALSE(queue.is_full());
}

// Its id stands for another subscription by now, which has lost nothing.
TEST_F(DeliveryQueueDropsTest, CountsForNobodyWhatWasOfASubscriptionThatIsForgotten) {
  DeliveryQueue queue{options(WhenFull::kDropOldest, 1)};
  push_latest(queue, {"a1"});
  queue.forget(SubscriptionId{0});

  push_latest(queue, {"a2"});
  EXPECT_EQ(queue.dropped().total(), 1U);
  EXPECT_EQ(queue.dropped().of(SubscriptionId{0}), 0U);
  push_latest(queue, {"a3"});

  EXPECT_EQ(queue.dropped().of(SubscriptionId{0}), 1U);
}

TEST_F(DeliveryQueueDropsTest, TheOldestGoAlsoFromWhatTheHandlerHasInHand) {
  DeliveryQueue queue{options(WhenFull::kDropOldest)};
  push(queue, {"a", "b", "c"});
  const auto batch = queue.take();

  std::vector<std::string> handled;
  batch->visit(
      [&](const Message& message, const ConnectionState&, const Queued&) {
        handled.emplace_back(message.text());
        if (handled.size() == 1) push(queue, {"d"});
      },
      [](const Notice&) {});

  EXPECT_THAT(handled, ElementsAre("a", "c"));
}

TEST_F(DeliveryQueueDropsTest, TheNewestFindNoRoom) {
  DeliveryQueue queue{options(WhenFull::kDropNewest)};

  push(queue, {"a", "b"});
  push(queue, {"c", "d"});

  EXPECT_THAT(contents(*queue.take()), ElementsAre("1:a", "1:b"));
  EXPECT_THAT(contents(*queue.take()), ElementsAre("1:c"));
  EXPECT_EQ(queue.dropped().of(ShardId{1}), 1U);
  EXPECT_FALSE(queue.is_full());
}

TEST_F(DeliveryQueueDropsTest, AMessageThatIsLongerThanTheQueueWaitsAlone) {
  const std::string huge(2'000, 'x');
  for (const WhenFull choice : {WhenFull::kDropOldest, WhenFull::kDropNewest}) {
    DeliveryQueue queue{options(choice)};

    push(queue, {huge});

    EXPECT_THAT(contents(*queue.take()), ElementsAre("1:" + huge)) << to_string(choice);
  }
}

TEST_F(DeliveryQueueDropsTest, NoticesStayInOrderWhenAllMessagesAroundThemGo) {
  DeliveryQueue queue{options(WhenFull::kDropOldest, 1)};

  for (int turn = 0; turn < 3; ++turn) {
    queue.push(some_event());
    push(queue, {"old"});
    queue.push(DisconnectNotice{from, {}});
  }
  push(queue, {"new"});

  std::vector<std::string> all;
  queue.close();
  while (const auto batch = queue.take()) {
    for (std::string& entry : contents(*batch)) all.push_back(std::move(entry));
  }
  EXPECT_THAT(all, ElementsAre("event", "disconnect", "event", "disconnect", "event", "disconnect",
                               "1:new"));
}

TEST_F(DeliveryQueueDropsTest, TheLatestTakesThePlaceOfTheOlderOne) {
  DeliveryQueue queue{options(WhenFull::kLatestPerSubscription)};

  push_latest(queue, {"a1", "b1", "a2"});
  push_latest(queue, {"c1", "b2 is longer", "c2"});

  EXPECT_THAT(contents(*queue.take()), ElementsAre("1:a2", "1:b2 is longer"));
  EXPECT_THAT(contents(*queue.take()), ElementsAre("1:c2"));
  EXPECT_EQ(queue.dropped().total(), 3U);
  EXPECT_EQ(queue.dropped().conflated(), 3U);
  EXPECT_EQ(queue.dropped().of(SubscriptionId{1}), 1U);
}

TEST_F(DeliveryQueueDropsTest, WhatTheHandlerHasGotIsNotSupersededAnyMore) {
  DeliveryQueue queue{options(WhenFull::kLatestPerSubscription)};
  push_latest(queue, {"a1"});
  auto batch = queue.take();
  EXPECT_THAT(contents(*batch), ElementsAre("1:a1"));
  queue.recycle(std::move(batch));

  push_latest(queue, {"a2"});

  EXPECT_THAT(contents(*queue.take()), ElementsAre("1:a2"));
  EXPECT_EQ(queue.dropped().total(), 0U);
}

TEST_F(DeliveryQueueDropsTest, MessagesOfNoSubscriptionAreNeverConflated) {
  DeliveryQueue queue{options(WhenFull::kLatestPerSubscription)};

  push(queue, {"x", "x", "x", "y"});

  EXPECT_THAT(contents(*queue.take()), ElementsAre("1:x", "1:x", "1:y"));
  EXPECT_EQ(queue.dropped().conflated(), 0U);
  EXPECT_EQ(queue.dropped().total(), 1U);
}

TEST_F(DeliveryQueueDropsTest, AForgottenSubscriptionCountsFromZeroAgain) {
  DeliveryQueue queue{options(WhenFull::kLatestPerSubscription)};
  push_latest(queue, {"a1", "a2"});

  queue.forget(SubscriptionId{0});

  EXPECT_EQ(queue.dropped().of(SubscriptionId{0}), 0U);
  EXPECT_EQ(queue.dropped().total(), 1U);
}

class DeliveryQueueRaceTest : public DeliveryQueueDropsTest,
                              public ::testing::WithParamInterface<WhenFull> {};

TEST_P(DeliveryQueueRaceTest, EachMessageIsEitherHandledOrCounted) {
  constexpr std::uint32_t kMessages = 20'000;
  DeliveryQueue queue{options(GetParam(), 16)};
  std::uint64_t handled = 0;
  std::thread consumer{[&] {
    while (auto batch = queue.take()) {
      batch->visit(
          [&](const Message& message, const ConnectionState&, const Queued& queued) {
            EXPECT_EQ(message.text().find_first_not_of(message.text().front()),
                      std::string_view::npos);
            ++handled;
            queue.finish_message(queued.bytes);
          },
          [&](const Notice& notice) { queue.finish_notice(notice); });
      queue.recycle(std::move(batch));
    }
  }};

  for (std::uint32_t i = 0; i < kMessages; ++i) {
    const std::string payload(1 + i % 40, static_cast<char>('a' + i % 26));
    queue.push(from, text_message(payload), {SubscriptionId{i % 20}});
    if (i % 7 == 0) queue.flush(kNow);
  }
  queue.close();
  consumer.join();

  EXPECT_EQ(handled + queue.dropped().total(), kMessages);
  EXPECT_EQ(queue.depth(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Choices, DeliveryQueueRaceTest,
                         ::testing::Values(WhenFull::kDropOldest, WhenFull::kDropNewest,
                                           WhenFull::kLatestPerSubscription),
                         [](const auto& choice) { return std::string{to_string(choice.param)}; });

}  // namespace
}  // namespace wsm
