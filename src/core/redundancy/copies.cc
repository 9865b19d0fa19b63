#include "core/redundancy/copies.h"

namespace wsm {

void Copies::add(ShardId original, ShardId copy) {
  originals_[copy] = original;
  copies_[original].push_back(copy);
}

void Copies::remove(ShardId shard) {
  copies_.erase(shard);
  const auto entry = originals_.extract(shard);
  if (entry.empty()) return;
  if (const auto others = copies_.find(entry.mapped()); others != copies_.end()) {
    std::erase(others->second, shard);
  }
}

ShardId Copies::original_of(ShardId shard) const {
  const auto entry = originals_.find(shard);
  return entry == originals_.end() ? shard : entry->second;
}

const std::vector<ShardId>& Copies::of(ShardId original) const {
  static const std::vector<ShardId> kNone;
  const auto entry = copies_.find(original);
  return entry == copies_.end() ? kNone : entry->second;
}

}  // namespace wsm
