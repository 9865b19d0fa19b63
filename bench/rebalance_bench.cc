// How long plans for 100,000 subscriptions on 1,000 shards take, and what a message costs that is
// counted. Prints medians with the fastest and the slowest run.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "base/rng.h"
#include "core/rebalance/planner.h"
#include "core/rebalance/subscription_rates.h"

namespace wsm {
namespace {

constexpr ShardId::rep kShards = 1'000;
constexpr std::size_t kPerShard = 100;
constexpr int kRuns = 21;

/// Runs `work` so many times, and prints what it took in units of `unit`, and what it answered.
void measure(const char* name, const char* unit, double units_a_second,
             const std::function<std::size_t()>& work, const char* answer_name) {
  std::vector<double> times;
  std::size_t answer = 0;
  for (int run = 0; run < kRuns; ++run) {
    const auto begin = std::chrono::steady_clock::now();
    answer = work();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    times.push_back(took.count() * units_a_second);
  }
  std::ranges::sort(times);
  std::printf("%-34s %8.2f %s (%.2f to %.2f), %zu %s\n", name, times[kRuns / 2], unit,
              times.front(), times.back(), answer, answer_name);
}

/// Full shards, whose subscriptions bring messages as markets do: the tenth brings a tenth of what
/// the first one does.
std::vector<ShardLoad> make_shards(std::size_t capacity) {
  SeededRng rng{1};
  std::vector<ShardLoad> shards;
  for (ShardId::rep i = 0; i < kShards; ++i) {
    ShardLoad shard{.id = ShardId{i}, .capacity = capacity, .subscriptions = {}};
    for (std::size_t k = 0; k < kPerShard; ++k) {
      const auto id = static_cast<SubscriptionId::rep>(i * kPerShard + k);
      const double messages = 5'000.0 / static_cast<double>(1 + rng.below(kShards * kPerShard));
      shard.subscriptions.push_back({.id = SubscriptionId{id},
                                     .messages_per_second = messages * 100,
                                     .bytes_per_second = messages * 20'000});
    }
    shards.push_back(std::move(shard));
  }
  return shards;
}

void measure_plan(const char* name, const std::vector<ShardLoad>& shards, LoadMeasure measure_by) {
  const RebalancePolicy policy{.even_out_by = measure_by};
  measure(
      name, "ms", 1e3, [&] { return plan_rebalance(shards, policy).moves.size(); }, "moves");
}

void measure_plans() {
  auto shards = make_shards(110);
  measure_plan("nothing to do", shards, LoadMeasure::kCount);
  measure_plan("even out by messages", shards, LoadMeasure::kMessages);

  shards = make_shards(400);
  measure_plan("compact to 278 shards", shards, LoadMeasure::kCount);
  measure_plan("compact to 278 shards by messages", shards, LoadMeasure::kMessages);

  shards = make_shards(220);
  for (std::size_t i = 0; i < kShards; i += 2) shards[i].role = ShardRole::kEvacuated;
  measure_plan("evacuate every other shard", shards, LoadMeasure::kMessages);

  shards = make_shards(1'000);
  for (std::size_t i = 1; i < kShards; ++i) {
    auto& from = shards[i].subscriptions;
    auto& to = shards[i / 10 * 10].subscriptions;
    if (i % 10 == 0) continue;
    to.insert(to.end(), from.begin(), from.end());
    from.clear();
  }
  for (ShardLoad& shard : shards) shard.capacity = shard.subscriptions.empty() ? 60 : 1'000;
  measure_plan("even out by count", shards, LoadMeasure::kCount);
}

void measure_rates() {
  constexpr std::size_t kMessages = 1'000'000;
  SeededRng rng{2};
  std::vector<SubscriptionId> ids;
  for (std::size_t i = 0; i < kMessages; ++i) {
    ids.push_back(SubscriptionId{static_cast<SubscriptionId::rep>(rng.below(100'000))});
  }
  for (const std::size_t batch : {1U, 16U}) {
    SubscriptionRates rates;
    TimePoint now{std::chrono::hours{1}};
    const std::string name = "count a message, " + std::to_string(batch) + " a batch";
    const auto count_all = [&] {
      for (std::size_t i = 0; i < kMessages; ++i) {
        if (i % batch == 0) now += std::chrono::microseconds{10};
        rates.handle_message(ids[i], 200, now);
      }
      return kMessages;
    };
    measure(name.c_str(), "ns", 1e9 / kMessages, count_all, "messages");
  }
}

}  // namespace
}  // namespace wsm

int main() {
  wsm::measure_plans();
  wsm::measure_rates();
}
