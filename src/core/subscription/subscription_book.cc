#include "core/subscription/subscription_book.h"

#include <utility>

#include "base/assert.h"

namespace wsm {

void SubscriptionBook::add(SubscriptionId id, ShardId shard, TimePoint now) {
  Entry& added = entry(id);
  WSM_ASSERT(!added.shard);
  added.shard = shard;
  added.since = now;
  ++desired_count_;
}

void SubscriptionBook::move(SubscriptionId id, ShardId shard) {
  Entry& moved = entry(id);
  WSM_ASSERT(moved.shard);
  moved.shard = shard;
}

ShardId SubscriptionBook::remove(SubscriptionId id) {
  Entry& removed = entry(id);
  WSM_ASSERT(removed.shard);
  --desired_count_;
  return *std::exchange(removed.shard, std::nullopt);
}

void SubscriptionBook::hold(SubscriptionId id) { ++entry(id).holders; }

void SubscriptionBook::release(SubscriptionId id) {
  Entry& released = entry(id);
  WSM_ASSERT(released.holders > 0);
  --released.holders;
}

std::optional<ShardId> SubscriptionBook::shard_of(SubscriptionId id) const {
  if (id.value() >= entries_.size()) return std::nullopt;
  return entries_[id.value()].shard;
}

TimePoint SubscriptionBook::desired_since(SubscriptionId id) const {
  WSM_ASSERT(is_desired(id));
  return entries_[id.value()].since;
}

bool SubscriptionBook::is_forgettable(SubscriptionId id) const {
  if (id.value() >= entries_.size()) return true;
  const Entry& entry = entries_[id.value()];
  return !entry.shard && entry.holders == 0;
}

SubscriptionBook::Entry& SubscriptionBook::entry(SubscriptionId id) {
  if (id.value() >= entries_.size()) entries_.resize(id.value() + 1);
  return entries_[id.value()];
}

}  // namespace wsm
