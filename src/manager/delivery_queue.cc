#include "manager/delivery_queue.h"

#include <utility>

namespace wsm {
namespace {

/// A few batches take turns; a burst's worth of them is given back to the system.
constexpr std::size_t kEmptyBatchesMax = 4;

/// What one read can bring is kept; a batch that held a huge message is not.
constexpr std::size_t kBatchBytesKept = 512 * 1024;

}  // namespace

void DeliveryBatch::add(const ConnectionStatePtr& state, const Message& message) {
  if (states_.empty() || states_.back() != state) states_.push_back(state);
  const auto payload = message.bytes();
  entries_.push_back({.offset = bytes_.size(),
                      .size = payload.size(),
                      .index = static_cast<std::uint32_t>(states_.size() - 1),
                      .kind = message.kind()});
  bytes_.insert(bytes_.end(), payload.begin(), payload.end());
  ++messages_;
}

void DeliveryBatch::add(Notice notice) {
  entries_.push_back({.index = static_cast<std::uint32_t>(notices_.size()), .is_notice = true});
  notices_.push_back(std::move(notice));
}

void DeliveryBatch::clear() {
  if (bytes_.capacity() > kBatchBytesKept) bytes_ = {};
  bytes_.clear();
  entries_.clear();
  states_.clear();
  notices_.clear();
  messages_ = 0;
}

void DeliveryQueue::push(const ConnectionStatePtr& state, const Message& message) {
  filling_->add(state, message);
  pushed_messages_.fetch_add(1, std::memory_order_relaxed);
  pushed_bytes_.fetch_add(message.size(), std::memory_order_relaxed);
}

void DeliveryQueue::push(Notice notice) {
  filling_->add(std::move(notice));
  pushed_notices_.fetch_add(1, std::memory_order_relaxed);
}

void DeliveryQueue::flush() {
  if (filling_->empty()) return;
  bool is_wake_needed = false;
  {
    const std::lock_guard lock{mutex_};
    full_.push_back(std::move(filling_));
    is_wake_needed = is_consumer_asleep_;
    if (!empty_.empty()) {
      filling_ = std::move(empty_.back());
      empty_.pop_back();
    }
  }
  if (is_wake_needed) changed_.notify_one();
  if (!filling_) filling_ = std::make_unique<DeliveryBatch>();
}

void DeliveryQueue::close() {
  flush();
  {
    const std::lock_guard lock{mutex_};
    is_closed_ = true;
  }
  changed_.notify_one();
}

bool DeliveryQueue::is_full() const {
  return depth() >= options_.queue_capacity || waiting_bytes() >= options_.queue_bytes_max ||
         waiting_notices() >= notices_max_;
}

bool DeliveryQueue::has_drained() const {
  return depth() <= options_.queue_capacity / 2 &&
         waiting_bytes() <= options_.queue_bytes_max / 2 && waiting_notices() <= notices_max_ / 2;
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
  return batch;
}

void DeliveryQueue::finish_message(std::size_t bytes) {
  handled_messages_.fetch_add(1, std::memory_order_release);
  handled_bytes_.fetch_add(bytes, std::memory_order_release);
}

void DeliveryQueue::finish_notice() { handled_notices_.fetch_add(1, std::memory_order_release); }

void DeliveryQueue::recycle(std::unique_ptr<DeliveryBatch> batch) {
  batch->clear();
  const std::lock_guard lock{mutex_};
  if (empty_.size() < kEmptyBatchesMax) empty_.push_back(std::move(batch));
}

std::size_t DeliveryQueue::depth() const {
  // Handled first: it can only grow towards pushed, so that the difference is never negative.
  const std::uint64_t handled = handled_messages_.load(std::memory_order_acquire);
  return pushed_messages_.load(std::memory_order_relaxed) - handled;
}

std::size_t DeliveryQueue::waiting_bytes() const {
  const std::uint64_t handled = handled_bytes_.load(std::memory_order_acquire);
  return pushed_bytes_.load(std::memory_order_relaxed) - handled;
}

std::size_t DeliveryQueue::waiting_notices() const {
  const std::uint64_t handled = handled_notices_.load(std::memory_order_acquire);
  return pushed_notices_.load(std::memory_order_relaxed) - handled;
}

}  // namespace wsm
