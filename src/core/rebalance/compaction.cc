#include "core/rebalance/compaction.h"

#include <algorithm>
#include <tuple>

namespace wsm {

std::size_t comfortable_count(std::size_t capacity, double fill_max) {
  // A hair more, or 0.29 of 100 would be 28 on account of a last bit.
  const auto count = static_cast<std::size_t>(static_cast<double>(capacity) * fill_max + 1e-9);
  return capacity == 0 ? 0 : std::clamp<std::size_t>(count, 1, capacity);
}

std::vector<bool> choose_shards_to_keep(std::span<const ShardLoad* const> shards, double fill_max) {
  std::size_t to_carry = 0;
  std::vector<std::size_t> candidates;
  for (std::size_t i = 0; i < shards.size(); ++i) {
    to_carry += shards[i]->subscriptions.size();
    if (shards[i]->role == ShardRole::kOpen) candidates.push_back(i);
  }
  const auto merit = [&](std::size_t i) {
    return std::tuple{comfortable_count(shards[i]->capacity, fill_max),
                      shards[i]->subscriptions.size(), -static_cast<std::int64_t>(i)};
  };
  std::ranges::sort(candidates, std::ranges::greater{}, merit);

  std::vector<bool> keeps(shards.size(), false);
  std::size_t carried = 0;
  for (const std::size_t i : candidates) {
    if (carried >= to_carry) break;
    keeps[i] = true;
    carried += comfortable_count(shards[i]->capacity, fill_max);
  }
  return keeps;
}

}  // namespace wsm
