#pragma once

#include <map>
#include <vector>

#include <wsm/types.h>

namespace wsm {

/// Which shards carry the same. A *copy* carries all that its *original* does, over a connection of
/// its own; together they are *companions*. Only originals are given subscriptions, and it is by
/// the original that a subscription is known to be carried.
///
/// Without redundancy nothing stands here.
class Copies {
 public:
  // Commands.
  void add(ShardId original, ShardId copy);
  /// It is over.
  void remove(ShardId shard);

  // Getters.
  [[nodiscard]] bool is_copy(ShardId shard) const { return originals_.contains(shard); }
  /// The shard itself, if it is no copy.
  [[nodiscard]] ShardId original_of(ShardId shard) const;
  /// Lifetime: until the next command.
  [[nodiscard]] const std::vector<ShardId>& of(ShardId original) const;
  [[nodiscard]] bool has_companions(ShardId shard) const {
    return is_copy(shard) || !of(shard).empty();
  }
  /// Also of a shard with itself.
  [[nodiscard]] bool are_companions(ShardId a, ShardId b) const {
    return original_of(a) == original_of(b);
  }

 private:
  std::map<ShardId, ShardId> originals_;            // By copy.
  std::map<ShardId, std::vector<ShardId>> copies_;  // By original.
};

}  // namespace wsm
