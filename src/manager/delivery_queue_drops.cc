// What becomes of messages that are too many.

#include <utility>

#include "manager/delivery_queue.h"

namespace wsm {

/// Puts each new message in the place of the one of its subscription that still waits, if there is
/// one. The older one's place, not the end: otherwise a subscription with a message at every moment
/// would be moved to the back for ever and never reach a handler that is slow.
void DeliveryQueue::conflate() {
  DeliveryBatch& fresh = *filling_;
  const DeliveryBatch* const oldest =
      in_hand_ ? in_hand_ : (full_.empty() ? &fresh : full_.front().get());
  const std::uint64_t first_number = oldest->number();  // What is older than that is gone.
  std::size_t conflated = 0;
  for (DeliveryBatch::Index index = 0; index < fresh.end(); ++index) {
    const auto id = fresh.subscription(index);
    if (!id) continue;
    Place& place = place_of(*id);
    const ShardId shard =
        place.number >= first_number ? place.batch->shard(place.index) : ShardId{};
    const std::size_t before = place.number >= first_number ? place.batch->charge(place.index) : 0;
    if (place.number < first_number || !place.batch->replace(place.index, fresh, index)) {
      place = {fresh.number(), &fresh, index};
      continue;
    }
    // Two messages have become one, which counts for as much as it keeps.
    pushed_bytes_.fetch_add(place.batch->charge(place.index), std::memory_order_relaxed);
    finish_message(before + fresh.charge(index));
    dropped_.add_conflated(shard, *id);
    (void)fresh.drop(index);
    ++conflated;
  }
  if (conflated == 0) return;
  fresh.compact([&](SubscriptionId id, DeliveryBatch::Index index) { place_of(id).index = index; });
}

/// Drops the oldest messages until the rest is within the bounds.
void DeliveryQueue::drop_excess() {
  while (is_over() && in_hand_ && in_hand_->oldest_waiting()) {
    if (!drop_oldest_of(*in_hand_)) return;
  }
  while (is_over()) {
    const std::size_t front = has_exhausted_front_ ? 1 : 0;
    if (front >= full_.size()) return;
    DeliveryBatch& batch = *full_[front];
    if (batch.oldest_waiting()) {
      if (!drop_oldest_of(batch)) return;
    }
    if (!batch.oldest_waiting()) discard_exhausted();
  }
}

bool DeliveryQueue::drop_oldest_of(DeliveryBatch& batch) {
  const auto index = batch.oldest_waiting();
  if (!index) return true;
  const Place place{batch.number(), &batch, *index};
  if (place == newest_) return false;
  const ShardId shard = batch.shard(*index);
  if (!batch.drop(*index)) return true;  // The handler was faster.
  auto subscription = batch.subscription(*index);
  if (subscription && is_outdated(*subscription, batch)) subscription.reset();
  if (subscription && place_of(*subscription) == place) place_of(*subscription) = {};
  finish_message(batch.charge(*index));
  dropped_.add_dropped(shard, subscription);
  return true;
}

/// The first batch with messages has none left. Its notices stay, together with those of batches to
/// which that happened before, so that a handler that hangs for hours leaves no trail of batches.
void DeliveryQueue::discard_exhausted() {
  const std::size_t front = has_exhausted_front_ ? 1 : 0;
  DeliveryBatch& batch = *full_[front];
  if (has_exhausted_front_) {
    full_.front()->adopt_notices(batch);
  } else if (batch.has_notices()) {
    batch.release_messages();
    has_exhausted_front_ = true;
    return;
  }
  full_.erase(full_.begin() + static_cast<std::ptrdiff_t>(front));
}

/// Whether the id has been given to another subscription since then.
bool DeliveryQueue::is_outdated(SubscriptionId id, const DeliveryBatch& batch) const {
  return id.value() < valid_from_.size() && batch.number() < valid_from_[id.value()];
}

bool DeliveryQueue::is_over() const {
  return depth() > options_.queue_capacity || waiting_bytes() > options_.queue_bytes_max;
}

DeliveryQueue::Place& DeliveryQueue::place_of(SubscriptionId id) {
  if (id.value() >= latest_.size()) latest_.resize(id.value() + 1);
  return latest_[id.value()];
}

}  // namespace wsm
