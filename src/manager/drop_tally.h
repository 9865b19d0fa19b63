#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <wsm/detail/subscription_id.h>
#include <wsm/types.h>

namespace wsm {

/// Counts the messages that a queue has not handed out: all of them, by shard, and by subscription
/// as far as that is known. Ids are small and dense, so that a count is found by its place.
class DropTally {
 public:
  /// There was no room for it.
  void add_dropped(ShardId shard, std::optional<SubscriptionId> subscription) {
    add(shard, subscription);
    if (!subscription) return;
    Untold& untold = untold_[*subscription];
    untold.shard = shard;
    ++untold.count;
  }
  /// A newer message of its subscription took its place.
  void add_conflated(ShardId shard, SubscriptionId subscription) {
    add(shard, subscription);
    ++conflated_;
  }
  /// The id will stand for another subscription.
  void forget(SubscriptionId id) {
    if (id.value() < by_subscription_.size()) by_subscription_[id.value()] = 0;
    untold_.erase(id);
  }

  /// What was dropped of one subscription since take_untold() was last asked.
  struct Untold {
    ShardId shard;  // Of the last one.
    std::uint64_t count = 0;
  };
  [[nodiscard]] std::map<SubscriptionId, Untold> take_untold() {
    return std::exchange(untold_, {});
  }

  /// All of them, conflated ones included.
  [[nodiscard]] std::uint64_t total() const { return total_; }
  [[nodiscard]] std::uint64_t conflated() const { return conflated_; }
  [[nodiscard]] std::uint64_t of(ShardId id) const { return at(by_shard_, id.value()); }
  [[nodiscard]] std::uint64_t of(SubscriptionId id) const {
    return at(by_subscription_, id.value());
  }

 private:
  using Counts = std::vector<std::uint64_t>;

  void add(ShardId shard, std::optional<SubscriptionId> subscription) {
    ++total_;
    ++place(by_shard_, shard.value());
    if (subscription) ++place(by_subscription_, subscription->value());
  }
  static std::uint64_t& place(Counts& counts, std::size_t index) {
    if (index >= counts.size()) counts.resize(index + 1);
    return counts[index];
  }
  static std::uint64_t at(const Counts& counts, std::size_t index) {
    return index < counts.size() ? counts[index] : 0;
  }

  std::uint64_t total_ = 0;
  std::uint64_t conflated_ = 0;
  Counts by_shard_;
  Counts by_subscription_;
  std::map<SubscriptionId, Untold> untold_;
};

}  // namespace wsm
