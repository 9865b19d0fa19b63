#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <wsm/config.h>
#include <wsm/types.h>

namespace wsm {

/// Chooses the shard for a subscription among those with room that are not excluded.
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
  /// `shard` keeps what it has, and is not chosen any more; until readmit().
  void exclude(ShardId shard);
  void readmit(ShardId shard);

  /// The shard for the next subscription; none when all are full. Moves the turn of kRoundRobin.
  [[nodiscard]] std::optional<ShardId> choose();

  /// The one with most room of those that are `fit`; none when they are full.
  template <class Predicate>
  [[nodiscard]] std::optional<ShardId> least_loaded(Predicate fit) const {
    for (const auto& [load, shard] : by_load_) {
      if (fit(shard)) return shard;
    }
    return std::nullopt;
  }

  /// The one with most room among those that are excluded; none when they are full.
  [[nodiscard]] std::optional<ShardId> choose_excluded() const;

  // Getters.
  [[nodiscard]] bool knows(ShardId shard) const { return loads_.contains(shard); }
  [[nodiscard]] std::size_t load(ShardId shard) const { return loads_.at(shard); }
  [[nodiscard]] bool has_room(ShardId shard) const { return load(shard) < capacity_; }

 private:
  void set_load(ShardId shard, std::size_t load);

  ShardSelectionStrategy strategy_;
  std::size_t capacity_;
  std::map<ShardId, std::size_t> loads_;
  std::set<ShardId> excluded_;
  std::set<ShardId> with_room_;                        // But for the excluded ones.
  std::set<std::pair<std::size_t, ShardId>> by_load_;  // Of those with room.
  std::optional<ShardId> last_chosen_;
};

}  // namespace wsm
