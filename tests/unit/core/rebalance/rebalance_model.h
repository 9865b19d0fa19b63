#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.h"
#include "core/rebalance/rebalance_plan.h"

namespace wsm {

/// Shards as plain values, which carry out plans and complain of any that cannot be.
class RebalanceModel {
 public:
  void add_shard(ShardLoad shard) { shards_.push_back(std::move(shard)); }

  /// Move by move: each has left only after there was room for it.
  void apply(const RebalancePlan& plan) {
    std::set<SubscriptionId> moved;
    for (const RebalanceMove& move : plan.moves) {
      EXPECT_TRUE(moved.insert(move.subscription).second) << move.subscription << " moves twice";
      apply(move);
    }
    for (const ShardId id : plan.closable) close(id);
  }

  // Getters.
  [[nodiscard]] std::vector<ShardLoad>& shards() { return shards_; }
  [[nodiscard]] ShardLoad& shard(ShardId id) {
    return *std::ranges::find(shards_, id, &ShardLoad::id);
  }
  [[nodiscard]] std::size_t count(ShardId id) { return shard(id).subscriptions.size(); }
  /// Every subscription that there is, by id.
  [[nodiscard]] std::vector<SubscriptionId> all() const {
    std::vector<SubscriptionId> ids;
    for (const ShardLoad& shard : shards_) {
      for (const SubscriptionLoad& load : shard.subscriptions) ids.push_back(load.id);
    }
    std::ranges::sort(ids);
    return ids;
  }

 private:
  void apply(const RebalanceMove& move) {
    ShardLoad& from = shard(move.from);
    ShardLoad& to = shard(move.to);
    EXPECT_NE(from.role, ShardRole::kFixed);
    EXPECT_EQ(to.role, ShardRole::kOpen);
    EXPECT_LT(to.subscriptions.size(), to.capacity) << "no room for " << move.subscription;
    const auto it = std::ranges::find(from.subscriptions, move.subscription, &SubscriptionLoad::id);
    ASSERT_NE(it, from.subscriptions.end()) << move.subscription << " is not there";
    to.subscriptions.push_back(*it);
    from.subscriptions.erase(it);
  }
  void close(ShardId id) {
    EXPECT_NE(shard(id).role, ShardRole::kFixed);
    EXPECT_TRUE(shard(id).subscriptions.empty()) << id << " is closed, and carries something";
    std::erase_if(shards_, [id](const ShardLoad& shard) { return shard.id == id; });
  }

  std::vector<ShardLoad> shards_;
};

/// What the worlds of the property tests are made of.
struct WorldKind {
  std::string name;
  int worlds = 2'000;
  std::size_t shards_max = 8;
  std::size_t capacity_max = 12;
  bool has_equal_capacities = true;
  bool has_other_roles = false;  // Evacuated and fixed ones.
  bool has_whales = false;       // A few subscriptions bring most of it.
};

/// Subscriptions at random on shards of random sizes and roles.
[[nodiscard]] inline RebalanceModel make_world(const WorldKind& kind, Rng& rng) {
  RebalanceModel model;
  const std::size_t shards = 1 + rng.below(kind.shards_max);
  std::size_t capacity = 1 + rng.below(kind.capacity_max);
  SubscriptionId::rep next = 0;
  for (ShardId::rep i = 0; i < shards; ++i) {
    if (!kind.has_equal_capacities) capacity = rng.below(kind.capacity_max + 1);
    ShardLoad shard{.id = ShardId{i}, .capacity = capacity, .subscriptions = {}};
    if (kind.has_other_roles && rng.below(4) == 0) {
      shard.role = rng.below(2) == 0 ? ShardRole::kEvacuated : ShardRole::kFixed;
    }
    const std::size_t most = rng.below(3) == 0 ? capacity : rng.below(capacity + 1);
    const std::size_t count = rng.below(3) == 0 ? most : rng.below(most + 1);
    for (std::size_t k = 0; k < count; ++k) {
      const bool is_whale = kind.has_whales && rng.below(6) == 0;
      const auto messages = static_cast<double>(rng.below(is_whale ? 5'000 : 200));
      const auto bytes = messages * static_cast<double>(20 + rng.below(1'000));
      shard.subscriptions.push_back({.id = SubscriptionId{next++},
                                     .messages_per_second = messages,
                                     .bytes_per_second = bytes});
    }
    model.add_shard(std::move(shard));
  }
  return model;
}

}  // namespace wsm
