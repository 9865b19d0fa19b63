#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <wsm/config.h>
#include <wsm/types.h>

namespace wsm {

/// Chooses the shard for a subscription among those with room.
///
/// Cost: O(log n) for each call, n being the number of shards.
class Placement {
 public:
  Placement(ShardSelectionStrategy strategy, std::size_t capacity)
      : strategy_(strategy), capacity_(capacity) {}

  // Commands.
  void add_shard(ShardId shard);
  void remove_shard(ShardId shard);
  /// One subscription more, or one less, on `shard`.
  void add_load(ShardId shard);
  void remove_load(ShardId shard);

  /// The shard for the next subscription; none when all are full. Moves the turn of kRoundRobin.
  [[nodiscard]] std::optional<ShardId> choose();

  /// The one with most room but for `shard`; none when all others are full.
  [[nodiscard]] std::optional<ShardId> least_loaded_other(ShardId shard) const;

  // Getters.
  [[nodiscard]] std::size_t load(ShardId shard) const { return loads_.at(shard); }
  [[nodiscard]] bool has_room(ShardId shard) const { return load(shard) < capacity_; }

 private:
  void set_load(ShardId shard, std::size_t load);

  ShardSelectionStrategy strategy_;
  std::size_t capacity_;
  std::map<ShardId, std::size_t> loads_;
  std::set<ShardId> with_room_;
  std::set<std::pair<std::size_t, ShardId>> by_load_;  // Of those with room.
  std::optional<ShardId> last_chosen_;
};

}  // namespace wsm
