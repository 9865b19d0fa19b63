// The queue does what a naive one does, over random sequences, for each choice of WhenFull.

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "base/rng.h"
#include "manager/delivery_queue.h"
#include "unit/manager/naive_queue.h"
#include "unit/manager/queued.h"

namespace wsm {
namespace {

using test::NaiveQueue;

constexpr std::uint32_t kShards = 3;
constexpr std::uint32_t kSubscriptions = 5;

/// Drives both queues with the same random steps, and compares what they say after each.
class Pair {
 public:
  Pair(WhenFull when_full, std::uint64_t seed)
      : rng_(seed),
        options_{.queue_capacity = 1 + rng_.below(6),
                 .queue_bytes_max = 1 + rng_.below(40),
                 .when_full = when_full},
        queue_(options_),
        naive_(options_) {
    for (std::uint32_t shard = 0; shard < kShards; ++shard) states_.push_back(test::state(shard));
  }

  void run(int steps) {
    for (int step = 0; step < steps && !::testing::Test::HasFailure(); ++step) {
      produce();
      if (rng_.below(3) == 0 && naive_.has_next()) consume();
    }
    is_over_ = true;
    flush();
    while (naive_.has_next()) consume();
    compare();
    EXPECT_EQ(delivered_ + queue_.dropped().total(), sent_);
    EXPECT_EQ(notices_delivered_, notices_sent_);
  }

  [[nodiscard]] std::uint64_t dropped() const { return queue_.dropped().total(); }

 private:
  void produce() {
    if (is_over_) return;
    for (auto count = rng_.below(4); count > 0; --count) push();
    if (rng_.below(2) == 0) flush();
    compare();
  }

  void push() {
    if (rng_.below(8) == 0) {
      queue_.push(test::some_event());
      naive_.push({.text = {}, .is_notice = true});
      ++notices_sent_;
      return;
    }
    const auto shard = static_cast<std::uint32_t>(rng_.below(kShards));
    NaiveQueue::Item item{.text = std::to_string(sent_++), .shard = shard};
    item.text.resize(item.text.size() + rng_.below(12), '.');
    Attribution attribution;
    if (rng_.below(4) != 0) {
      item.subscription = static_cast<std::uint32_t>(rng_.below(kSubscriptions));
      attribution.subscription = SubscriptionId{*item.subscription};
    }
    queue_.push(states_[shard], test::text_message(item.text), attribution);
    naive_.push(item);
  }

  void flush() {
    queue_.flush(TimePoint{});
    naive_.flush();
  }

  /// The consumer takes a batch; the producer goes on while each message of it is handled.
  void consume() {
    auto batch = queue_.take();
    batch->visit(
        [&](const Message& message, const ConnectionState& state, const Queued& queued) {
          const NaiveQueue::Item expected = naive_.take();
          EXPECT_FALSE(expected.is_notice);
          EXPECT_EQ(message.text(), expected.text);
          EXPECT_EQ(state.shard_id.value(), expected.shard);
          EXPECT_EQ(queued.bytes, expected.charge);
          ++delivered_;
          if (rng_.below(2) == 0) produce();
          queue_.finish_message(queued.bytes);
          naive_.finish();
        },
        [&](const Notice& notice) {
          EXPECT_TRUE(naive_.take().is_notice);
          ++notices_delivered_;
          if (rng_.below(2) == 0) produce();
          queue_.finish_notice(notice);
        });
    queue_.recycle(std::move(batch));
    compare();
  }

  void compare() const {
    const DropTally& dropped = queue_.dropped();
    EXPECT_EQ(queue_.depth(), naive_.depth());
    EXPECT_EQ(dropped.total(), naive_.dropped);
    EXPECT_EQ(dropped.conflated(), naive_.conflated);
    for (std::uint32_t id = 0; id < kShards; ++id) {
      const auto count = naive_.by_shard.find(id);
      EXPECT_EQ(dropped.of(ShardId{id}), count == naive_.by_shard.end() ? 0 : count->second);
    }
    for (std::uint32_t id = 0; id < kSubscriptions; ++id) {
      const auto count = naive_.by_subscription.find(id);
      EXPECT_EQ(dropped.of(SubscriptionId{id}),
                count == naive_.by_subscription.end() ? 0 : count->second);
    }
  }

  SeededRng rng_;
  const DeliveryOptions options_;
  DeliveryQueue queue_;
  NaiveQueue naive_;
  std::vector<ConnectionStatePtr> states_;
  bool is_over_ = false;  // Nothing more is produced.
  std::uint64_t sent_ = 0;
  std::uint64_t delivered_ = 0;
  std::uint64_t notices_sent_ = 0;
  std::uint64_t notices_delivered_ = 0;
};

class DeliveryQueueModelTest : public ::testing::TestWithParam<WhenFull> {};

TEST_P(DeliveryQueueModelTest, DoesWhatANaiveQueueDoes) {
  std::uint64_t dropped = 0;
  for (std::uint64_t seed = 0; seed < 150 && !HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    Pair pair{GetParam(), seed};

    pair.run(100);

    dropped += pair.dropped();
  }
  EXPECT_EQ(dropped == 0, GetParam() == WhenFull::kBlock);
}

INSTANTIATE_TEST_SUITE_P(Choices, DeliveryQueueModelTest,
                         ::testing::Values(WhenFull::kBlock, WhenFull::kDropOldest,
                                           WhenFull::kDropNewest, WhenFull::kLatestPerSubscription),
                         [](const auto& choice) { return std::string{to_string(choice.param)}; });

}  // namespace
}  // namespace wsm
