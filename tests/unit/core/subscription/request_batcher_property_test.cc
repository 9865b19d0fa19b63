// Random wishes, answers, refusals and failures, with and without a cap and a budget, against a
// naive model and a server that applies the requests.

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <ostream>
#include <set>
#include <utility>
#include <vector>

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
constexpr std::size_t kCap = 14;     // Of the connection.
constexpr std::size_t kBudget = 16;  // Of all connections.
constexpr std::size_t kWishes = 12;  // As many as the cap and the budget can carry.

/// What a server makes of the requests; each breach of its rules is counted.
class ModelServer {
 public:
  void apply(const RequestBatcher::Batch& batch) {
    EXPECT_LE(batch.ids.size(), kPerMessage);
    for (const SubscriptionId id : batch.ids) {
      if (batch.kind == RequestKind::kSubscribe) {
        const bool is_new = ++times_asked_[id] == 1;
        EXPECT_TRUE(is_new || may_repeat_.contains(id)) << id << " is subscribed twice in a row";
        may_repeat_.erase(id);
        refused_.erase(id);
      } else {
        EXPECT_TRUE(times_asked_.erase(id) == 1U || refused_.contains(id))
            << id << " is ended, but was not subscribed";
        may_repeat_.erase(id);
      }
    }
  }
  /// It may be asked for once more without having been ended.
  void expect_repetition(SubscriptionId id) { may_repeat_.insert(id); }
  /// Refuses one of the requests for `id`; it serves what it was asked for more than once.
  void refuse(SubscriptionId id) {
    if (times_asked_.at(id) > 1) return;
    times_asked_.erase(id);
    refused_.insert(id);
  }
  [[nodiscard]] bool serves(SubscriptionId id) const { return times_asked_.contains(id); }
  [[nodiscard]] std::set<SubscriptionId> subscribed() const {
    std::set<SubscriptionId> ids;
    for (const auto& [id, times] : times_asked_) ids.insert(id);
    return ids;
  }

 private:
  std::map<SubscriptionId, int> times_asked_;  // Since it was last ended.
  std::set<SubscriptionId> may_repeat_;
  std::set<SubscriptionId> refused_;  // Its end may be under way all the same.
};

struct Draw {
  std::uint64_t seed;
  bool is_limited;
};

void PrintTo(const Draw& draw, std::ostream* out) {
  *out << (draw.is_limited ? "limited, seed " : "free, seed ") << draw.seed;
}

class RequestBatcherPropertyTest : public ::testing::TestWithParam<Draw> {
 protected:
  /// As if the names had different lengths.
  static std::size_t size_of(const RequestBatcher::Batch& batch) {
    std::size_t bytes = 0;
    for (const SubscriptionId id : batch.ids) bytes += 2 + id.value() % 7;
    return bytes;
  }

  static RequestBatcher::Options options() {
    RequestBatcher::Options options{
        .subscriptions_per_message = kPerMessage, .bytes_per_message = kBytes, .retry_after = 30s};
    if (GetParam().is_limited) options.subscriptions_max = kCap;
    return options;
  }

  SubscriptionId any_id() {
    return SubscriptionId{static_cast<SubscriptionId::rep>(rng.below(kIds))};
  }

  void change_a_wish() {
    const SubscriptionId id = any_id();
    if (rng.below(2) == 0) {
      if (GetParam().is_limited && wanted.size() == kWishes) return;
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

  void ask_once_more() {
    const SubscriptionId id = any_id();
    if (server.serves(id)) server.expect_repetition(id);
    rng.below(2) == 0 ? batcher.ask_again(id) : batcher.renew(id);
  }

  void refuse() {
    const SubscriptionId id = any_id();
    if (!server.serves(id)) return;
    server.refuse(id);
    batcher.handle_refused(id);
    wanted.erase(id);
    if (batcher.holds(id)) {
      owed.insert(id);
    } else {
      owed.erase(id);
    }
  }

  /// Another connection takes of the budget, or gives back.
  void let_others_act() {
    if (rng.below(2) == 0) {
      if (others < kBudget - kWishes && budget.take()) ++others;
    } else if (others > 0) {
      --others;
      budget.give_back(1, now);
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
    if (fails && rng.below(4) == 0) {
      EXPECT_LE(batcher.handle_unsent(now), batch.ids.size());
    } else if (fails || !batcher.fits(size_of(batch))) {
      if (const auto put_off = batcher.handle_unfit(now)) {
        EXPECT_THAT(batch.ids, ::testing::ElementsAre(*put_off));
      }
    } else {
      EXPECT_EQ(batcher.handle_sent(now).ids, batch.ids);
      server.apply(batch);
    }
  }

  void let_time_pass() {
    now += Duration{static_cast<Duration::rep>(rng.below(20'000'000'000))};
    budget.handle_timeout(now);
    batcher.handle_timeout(now);
    EXPECT_GT(batcher.next_deadline().value_or(TimePoint::max()), now);
  }

  void check() {
    for (const SubscriptionId id : batcher.take_dropped()) {
      EXPECT_EQ(owed.erase(id), 1U) << id << " was dropped though unwant() did not promise it";
      EXPECT_FALSE(batcher.holds(id)) << id;
    }
    const std::set<SubscriptionId> served = server.subscribed();
    const auto wanted_of_server =
        std::ranges::count_if(served, [&](SubscriptionId id) { return wanted.contains(id); });
    EXPECT_EQ(batcher.requested_count(), static_cast<std::size_t>(wanted_of_server));
    for (const SubscriptionId id : wanted) EXPECT_TRUE(batcher.holds(id)) << id;
    for (const SubscriptionId id : served) {
      EXPECT_TRUE(batcher.requested_at(id).has_value()) << id;
    }
    if (!GetParam().is_limited) return;
    EXPECT_LE(served.size(), kCap);
    EXPECT_LE(served.size(), batcher.held());
    EXPECT_LE(batcher.held() + others, budget.taken());
  }

  /// Nothing is left to ask, not even what was put off.
  bool is_over() {
    return batcher.is_settled() && batcher.has_asked_everything() && !batcher.next_deadline();
  }

  void finish() {
    budget.give_back(std::exchange(others, 0), now);
    for (int i = 0; i < 1000 && !is_over(); ++i) {
      take();
      answer(/*may_fail=*/false);
      if (batcher.is_asking()) continue;
      now = std::max(now + SubscriptionBudget::kSettle, batcher.next_deadline().value_or(now));
      budget.handle_timeout(now);
      batcher.handle_timeout(now);
    }
  }

  void act() {
    switch (rng.below(11)) {
      case 0:
      case 1:
      case 2: return change_a_wish();
      case 3:
      case 4: return take();
      case 5:
      case 6: return answer(/*may_fail=*/true);
      case 7: return ask_once_more();
      case 8: return refuse();
      case 9: return let_others_act();
      default: return let_time_pass();
    }
  }

  SeededRng rng{GetParam().seed};
  TimePoint now{1h};
  SubscriptionBudget budget{GetParam().is_limited ? std::optional{kBudget} : std::nullopt};
  RequestBatcher batcher{options(), budget};
  std::set<SubscriptionId> wanted;
  std::set<SubscriptionId> owed;  // Unwanted, to be named by take_dropped().
  std::size_t others = 0;         // What other connections hold of the budget.
  std::optional<RequestBatcher::Batch> under_way;
  ModelServer server;
};

TEST_P(RequestBatcherPropertyTest, EndsAsWasSaidLastInAnySequence) {
  for (int step = 0; step < 3000; ++step) {
    act();
    check();
    ASSERT_FALSE(HasFailure()) << "at step " << step << " of seed " << GetParam().seed;
  }
  finish();
  check();

  EXPECT_TRUE(batcher.is_settled());
  EXPECT_EQ(server.subscribed(), wanted);
  EXPECT_THAT(owed, ::testing::IsEmpty());
  for (SubscriptionId::rep i = 0; i < kIds; ++i) {
    EXPECT_EQ(batcher.holds(SubscriptionId{i}), wanted.contains(SubscriptionId{i})) << i;
  }
  EXPECT_EQ(batcher.held(), wanted.size());
}

std::vector<Draw> draws() {
  std::vector<Draw> all;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    all.push_back({seed, false});
    all.push_back({seed, true});
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Seeds, RequestBatcherPropertyTest, ::testing::ValuesIn(draws()),
                         [](const auto& tested) {
                           const char* kind = tested.param.is_limited ? "Limited" : "Free";
                           return kind + std::to_string(tested.param.seed);
                         });

}  // namespace
}  // namespace wsm
