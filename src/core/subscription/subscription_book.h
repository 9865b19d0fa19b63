#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <wsm/detail/subscription_id.h>
#include <wsm/types.h>

#include "base/time.h"

namespace wsm {

/// What the application wants, and which shard carries it: the one place that knows.
///
/// A subscription that is not desired any more stays held while a shard still has to tell its
/// server so; until then its id must not be forgotten.
///
/// Cost: O(1) a call; a few words of memory for each id.
class SubscriptionBook {
 public:
  // Commands.
  /// `id` must not be desired yet.
  void add(SubscriptionId id, ShardId shard, TimePoint now);
  /// Another shard carries it from now on.
  void move(SubscriptionId id, ShardId shard);
  /// Ends the desire; the hold of its shard stays. Returns the shard.
  ShardId remove(SubscriptionId id);
  /// A shard has begun to hold `id`, or does so no longer.
  void hold(SubscriptionId id);
  void release(SubscriptionId id);

  // Getters.
  [[nodiscard]] bool is_desired(SubscriptionId id) const { return shard_of(id).has_value(); }
  [[nodiscard]] std::optional<ShardId> shard_of(SubscriptionId id) const;
  [[nodiscard]] TimePoint desired_since(SubscriptionId id) const;
  /// Nobody wants it and no shard holds it.
  [[nodiscard]] bool is_forgettable(SubscriptionId id) const;
  [[nodiscard]] std::size_t desired_count() const { return desired_count_; }

 private:
  struct Entry {
    std::optional<ShardId> shard;  // Set while desired.
    std::uint32_t holders = 0;
    TimePoint since;
  };

  Entry& entry(SubscriptionId id);

  std::vector<Entry> entries_;  // By id, which are dense.
  std::size_t desired_count_ = 0;
};

}  // namespace wsm
