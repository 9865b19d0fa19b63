#include "core/subscription/placement.h"

#include "base/assert.h"

namespace wsm {

void Placement::add_shard(ShardId shard) {
  WSM_ASSERT(!loads_.contains(shard));
  loads_[shard] = 0;
  with_room_.insert(shard);
  by_load_.emplace(0, shard);
}

void Placement::remove_shard(ShardId shard) {
  excluded_.erase(shard);
  by_load_.erase({load(shard), shard});
  with_room_.erase(shard);
  loads_.erase(shard);
}

void Placement::add_load(ShardId shard) { set_load(shard, load(shard) + 1); }

void Placement::remove_load(ShardId shard) {
  WSM_ASSERT(load(shard) > 0);
  set_load(shard, load(shard) - 1);
}

void Placement::exclude(ShardId shard) {
  excluded_.insert(shard);
  set_load(shard, load(shard));
}

void Placement::readmit(ShardId shard) {
  excluded_.erase(shard);
  set_load(shard, load(shard));
}

std::optional<ShardId> Placement::choose() {
  if (with_room_.empty()) return std::nullopt;
  switch (strategy_) {
    case ShardSelectionStrategy::kLeastLoaded: return by_load_.begin()->second;
    case ShardSelectionStrategy::kSequential: return *with_room_.begin();
    case ShardSelectionStrategy::kRoundRobin: break;
  }
  auto next = last_chosen_ ? with_room_.upper_bound(*last_chosen_) : with_room_.begin();
  if (next == with_room_.end()) next = with_room_.begin();
  last_chosen_ = *next;
  return *next;
}

std::optional<ShardId> Placement::choose_excluded() const {
  std::optional<ShardId> best;
  for (const ShardId shard : excluded_) {
    if (has_room(shard) && (!best || load(shard) < load(*best))) best = shard;
  }
  return best;
}

void Placement::set_load(ShardId shard, std::size_t load) {
  std::size_t& current = loads_.at(shard);
  by_load_.erase({current, shard});
  current = load;
  if (load < capacity_ && !excluded_.contains(shard)) {
    with_room_.insert(shard);
    by_load_.emplace(load, shard);
  } else {
    with_room_.erase(shard);
  }
}

}  // namespace wsm
