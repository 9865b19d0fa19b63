// Random wishes, answers and failures against a naive model and a server that applies the requests.

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.h"
#include "core/subscription/request_batcher.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kPerMessage = 6;
constexpr std::size_t kBytes = 20;
constexpr SubscriptionId::rep kIds = 30;

/// What a server makes of the requests; each breach of its rules is counted.
class ModelServer {
 public:
  void apply(const RequestBatcher::Batch& batch) {
    EXPECT_LE(batch.ids.size(), kPerMessage);
    for (const SubscriptionId id : batch.ids) {
      if (batch.kind == RequestKind::kSubscribe) {
        EXPECT_TRUE(subscribed_.insert(id).second) << id << " is subscribed twice in a row";
      } else {
        EXPECT_EQ(subscribed_.erase(id), 1U) << id << " is ended, but was not subscribed";
      }
    }
  }
  [[nodiscard]] const std::set<SubscriptionId>& subscribed() const { return subscribed_; }

 private:
  std::set<SubscriptionId> subscribed_;
};

class RequestBatcherPropertyTest : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  /// As if the names had different lengths.
  static std::size_t size_of(const RequestBatcher::Batch& batch) {
    std::size_t bytes = 0;
    for (const SubscriptionId id : batch.ids) bytes += 2 + id.value() % 7;
    return bytes;
  }

  void change_a_wish() {
    const SubscriptionId id{static_cast<SubscriptionId::rep>(rng.below(kIds))};
    if (rng.below(2) == 0) {
      wanted.insert(id);
      owed.erase(id);
      batcher.want(id);
    } else {
      wanted.erase(id);
      const bool is_gone = batcher.unwant(id);
      EXPECT_EQ(is_gone, !batcher.holds(id));
      if (!is_gone) owed.insert(id);
    }
  }

  void take() {
    const bool was_asking = under_way.has_value();
    if (auto batch = batcher.take_batch()) {
      EXPECT_FALSE(was_asking);
      EXPECT_FALSE(batch->ids.empty());
      under_way = std::move(batch);
    }
  }

  void answer(bool may_fail) {
    if (!under_way) return;
    const auto batch = *std::exchange(under_way, std::nullopt);
    const bool fails = may_fail && rng.below(4) == 0;
    if (fails || !batcher.fits(size_of(batch))) {
      if (const auto put_off = batcher.handle_unfit(now)) {
        EXPECT_THAT(batch.ids, ::testing::ElementsAre(*put_off));
      }
      return;
    }
    EXPECT_EQ(batcher.handle_sent(now).ids, batch.ids);
    server.apply(batch);
  }

  void let_time_pass() {
    now += Duration{static_cast<Duration::rep>(rng.below(20'000'000'000))};
    batcher.handle_timeout(now);
    EXPECT_GT(batcher.next_deadline().value_or(TimePoint::max()), now);
  }

  void check() {
    for (const SubscriptionId id : batcher.take_dropped()) {
      EXPECT_EQ(owed.erase(id), 1U) << id << " was dropped though unwant() did not promise it";
      EXPECT_FALSE(batcher.holds(id)) << id;
    }
    const auto wanted_of_server = std::ranges::count_if(
        server.subscribed(), [&](SubscriptionId id) { return wanted.contains(id); });
    EXPECT_EQ(batcher.requested_count(), static_cast<std::size_t>(wanted_of_server));
    for (const SubscriptionId id : wanted) EXPECT_TRUE(batcher.holds(id)) << id;
    for (const SubscriptionId id : server.subscribed()) {
      EXPECT_TRUE(batcher.requested_at(id).has_value()) << id;
    }
  }

  /// Nothing is left to ask, not even what was put off.
  bool is_over() {
    return batcher.is_settled() && batcher.has_asked_everything() && !batcher.next_deadline();
  }

  void finish() {
    for (int i = 0; i < 1000 && !is_over(); ++i) {
      take();
      answer(/*may_fail=*/false);
      if (const auto deadline = batcher.next_deadline(); deadline && !batcher.is_asking()) {
        now = std::max(now, *deadline);
        batcher.handle_timeout(now);
      }
    }
  }

  SeededRng rng{GetParam()};
  TimePoint now{1h};
  SubscriptionBudget budget{std::nullopt};
  RequestBatcher batcher{
      {.subscriptions_per_message = kPerMessage, .bytes_per_message = kBytes, .retry_after = 30s},
      budget};
  std::set<SubscriptionId> wanted;
  std::set<SubscriptionId> owed;  // Unwanted, to be named by take_dropped().
  std::optional<RequestBatcher::Batch> under_way;
  ModelServer server;
};

TEST_P(RequestBatcherPropertyTest, EndsAsWasSaidLastInAnySequence) {
  for (int step = 0; step < 3000; ++step) {
    switch (rng.below(8)) {
      case 0:
      case 1:
      case 2: change_a_wish(); break;
      case 3:
      case 4: take(); break;
      case 5:
      case 6: answer(/*may_fail=*/true); break;
      default: let_time_pass();
    }
    check();
    ASSERT_FALSE(HasFailure()) << "at step " << step << " of seed " << GetParam();
  }
  finish();
  check();

  EXPECT_TRUE(batcher.is_settled());
  EXPECT_EQ(server.subscribed(), wanted);
  EXPECT_THAT(owed, ::testing::IsEmpty());
  for (SubscriptionId::rep i = 0; i < kIds; ++i) {
    EXPECT_EQ(batcher.holds(SubscriptionId{i}), wanted.contains(SubscriptionId{i})) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RequestBatcherPropertyTest, ::testing::Range<std::uint64_t>(1, 21));

}  // namespace
}  // namespace wsm
