#include "manager/delivery_queue.h"

#include <utility>

namespace wsm {
namespace {

/// A few batches take turns; a burst's worth of them is given back to the system.
constexpr std::size_t kEmptyBatchesMax = 4;

/// From here on a batch that is queued gives back what it does not fill: small turns in the large
/// blocks of earlier ones would take many times the memory that the queue may have.
constexpr std::size_t kLooseBatchesMax = 64;

/// What a notice counts for: one, and one for each subscription that it lists.
std::size_t weight_of(const Notice& notice) {
  const auto* event = std::get_if<Event>(&notice);
  if (!event) return 1;
  return std::visit(
      [](const auto& kind) -> std::size_t {
        if constexpr (requires { kind.subscriptions; }) return 1 + kind.subscriptions.size();
        return 1;
      },
      event->what);
}

}  // namespace

DeliveryQueue::DeliveryQueue(const DeliveryOptions& options) : options_(options) {
  empty_.reserve(kEmptyBatchesMax);  // The delivery thread is to need no memory.
}

void DeliveryQueue::push(const ConnectionStatePtr& state, const Message& message,
                         Attribution attribution) {
  if (options_.when_full == WhenFull::kDropNewest && !has_room_for(message)) {
    dropped_.add_dropped(state->shard_id, attribution.subscription);
    return;
  }
  filling_->add(state, message, attribution);
  pushed_messages_.fetch_add(1, std::memory_order_relaxed);
  pushed_bytes_.fetch_add(message.size(), std::memory_order_relaxed);
}

void DeliveryQueue::push(Notice notice) {
  pushed_notices_.fetch_add(weight_of(notice), std::memory_order_relaxed);
  filling_->add(std::move(notice));
}

void DeliveryQueue::flush(TimePoint now) {
  last_turn_ = now;
  if (filling_->empty()) return;
  bool is_wake_needed = false;
  {
    const std::lock_guard lock{mutex_};
    enqueue(now);
    is_wake_needed = is_consumer_asleep_ && !full_.empty();
    if (!filling_ && !empty_.empty()) {
      filling_ = std::move(empty_.back());
      empty_.pop_back();
    }
  }
  if (is_wake_needed) changed_.notify_one();
  if (!filling_) filling_ = std::make_unique<DeliveryBatch>();
}

void DeliveryQueue::close() {
  flush(last_turn_);
  break_off();
}

void DeliveryQueue::break_off() {
  {
    const std::lock_guard lock{mutex_};
    is_closed_ = true;
  }
  changed_.notify_one();
}

void DeliveryQueue::enqueue(TimePoint now) {
  filling_->stamp(++last_number_, now);
  if (options_.when_full == WhenFull::kLatestPerSubscription) conflate();
  if (const auto last = filling_->last_message()) {
    newest_ = {filling_->number(), filling_.get(), *last};
  }
  if (filling_->empty()) {
    filling_->clear();
  } else {
    if (full_.size() >= kLooseBatchesMax) filling_->trim();
    full_.push_back(std::move(filling_));
  }
  const bool is_oldest_dropped = options_.when_full == WhenFull::kDropOldest ||
                                 options_.when_full == WhenFull::kLatestPerSubscription;
  if (is_oldest_dropped) drop_excess();
}

bool DeliveryQueue::is_full() const {
  if (options_.when_full != WhenFull::kBlock) return false;
  return depth() >= options_.queue_capacity || waiting_bytes() >= options_.queue_bytes_max ||
         waiting_notices() >= notices_max_;
}

bool DeliveryQueue::is_full_of_notices() const { return waiting_notices() >= 2 * notices_max_; }

bool DeliveryQueue::has_drained() const {
  return depth() <= options_.queue_capacity / 2 &&
         waiting_bytes() <= options_.queue_bytes_max / 2 && has_drained_notices();
}

bool DeliveryQueue::has_drained_notices() const { return waiting_notices() <= notices_max_ / 2; }

bool DeliveryQueue::has_room_for(const Message& message) const {
  const std::size_t messages = depth();
  if (messages == 0) return true;  // However long it is: it would never be delivered otherwise.
  return messages < options_.queue_capacity &&
         waiting_bytes() + message.size() <= options_.queue_bytes_max;
}

void DeliveryQueue::forget(SubscriptionId id) {
  dropped_.forget(id);
  if (id.value() >= valid_from_.size()) valid_from_.resize(id.value() + 1);
  valid_from_[id.value()] = last_number_ + 1;  // What this turn has brought before is counted too.
  if (id.value() < latest_.size()) latest_[id.value()] = {};
}

std::optional<TimePoint> DeliveryQueue::waiting_since() {
  const std::lock_guard lock{mutex_};
  if (in_hand_ && in_hand_->oldest_waiting()) return in_hand_->arrived();
  for (const auto& batch : full_) {
    if (batch->oldest_waiting()) return batch->arrived();
  }
  return std::nullopt;
}

std::unique_ptr<DeliveryBatch> DeliveryQueue::take() {
  std::unique_lock lock{mutex_};
  while (full_.empty() && !is_closed_) {
    is_consumer_asleep_ = true;
    changed_.wait(lock);
    is_consumer_asleep_ = false;
  }
  if (full_.empty()) return nullptr;
  auto batch = std::move(full_.front());
  full_.pop_front();
  has_exhausted_front_ = false;
  in_hand_ = batch.get();
  return batch;
}

void DeliveryQueue::finish_message(std::size_t bytes) {
  settled_messages_.fetch_add(1, std::memory_order_release);
  settled_bytes_.fetch_add(bytes, std::memory_order_release);
}

void DeliveryQueue::finish_notice(const Notice& notice) {
  handled_notices_.fetch_add(weight_of(notice), std::memory_order_release);
}

void DeliveryQueue::recycle(std::unique_ptr<DeliveryBatch> batch) {
  {
    // Before it is cleared, or the producer might still drop what is in it.
    const std::lock_guard lock{mutex_};
    in_hand_ = nullptr;
  }
  batch->clear();
  const std::lock_guard lock{mutex_};
  if (empty_.size() < kEmptyBatchesMax) empty_.push_back(std::move(batch));
}

std::size_t DeliveryQueue::depth() const {
  // Settled first: it can only grow towards pushed, so that the difference is never negative.
  const std::uint64_t settled = settled_messages_.load(std::memory_order_acquire);
  return pushed_messages_.load(std::memory_order_relaxed) - settled;
}

std::size_t DeliveryQueue::waiting_bytes() const {
  const std::uint64_t settled = settled_bytes_.load(std::memory_order_acquire);
  return pushed_bytes_.load(std::memory_order_relaxed) - settled;
}

std::size_t DeliveryQueue::waiting_notices() const {
  const std::uint64_t handled = handled_notices_.load(std::memory_order_acquire);
  return pushed_notices_.load(std::memory_order_relaxed) - handled;
}

}  // namespace wsm
