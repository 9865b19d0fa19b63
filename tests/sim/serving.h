#pragma once

#include <map>
#include <optional>

#include <wsm/event.h>

#include "base/time.h"
#include "core/action.h"

namespace wsm::sim {

/// Which connection serves each shard, by the events.
class Serving {
 public:
  struct Shard {
    std::optional<Generation> serving = {};
    std::optional<Generation> standby = {};  // Connected, while a switchover is under way.
    std::optional<TimePoint> switching_since = {};
    TimePoint serving_since = {};
    std::optional<ShardId> copy_of = {};
  };

  void handle_event(const EventKind& event, TimePoint now);

  /// None: there is no such shard.
  [[nodiscard]] const Shard* find(ShardId id) const;
  /// The shard that `id` is a copy of, or itself.
  [[nodiscard]] ShardId original_of(ShardId id) const;
  [[nodiscard]] std::optional<ConnectionId> connection_of(ShardId id) const;
  [[nodiscard]] const std::map<ShardId, Shard>& shards() const { return shards_; }

 private:
  std::map<ShardId, Shard> shards_;
};

}  // namespace wsm::sim
