#include "core/subscription/request_batcher.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace wsm {

bool RequestBatcher::want(SubscriptionId id) {
  Item& item = items_[id];
  if (item.is_wanted) return false;
  const bool is_served =
      item.is_requested && item.phase != Phase::kUnsubscribing && item.redo == Redo::kNothing;
  set_wanted(item, true);
  if (item.phase == Phase::kPutOff) {  // Its end, which is not wanted any more.
    end_waiting(id);
    finish(id);
  } else {
    enqueue(id, item);
  }
  return is_served;
}

bool RequestBatcher::unwant(SubscriptionId id) {
  const auto entry = items_.find(id);
  if (entry == items_.end()) return true;
  Item& item = entry->second;
  set_wanted(item, false);
  lacks_room_ = false;  // It may have been the one that did.
  const bool is_untouched =
      item.phase == Phase::kIdle || (item.phase == Phase::kPutOff && !item.is_requested);
  if (is_untouched) {
    if (item.phase == Phase::kPutOff) end_waiting(id);
    items_.erase(entry);
    return true;
  }
  enqueue(id, item);
  return false;
}

void RequestBatcher::ask_again(SubscriptionId id) { redo(id, Redo::kAsk); }

void RequestBatcher::renew(SubscriptionId id) { redo(id, Redo::kEndAndAsk); }

void RequestBatcher::handle_refused(SubscriptionId id) {
  const auto entry = items_.find(id);
  if (entry == items_.end()) return;
  Item& item = entry->second;
  set_wanted(item, false);
  if (item.phase == Phase::kPutOff) {
    end_waiting(id);
    item.phase = item.is_requested ? Phase::kRequested : Phase::kIdle;
    item.redo = Redo::kNothing;
  }
  if (item.is_asked_again) return redo(id, Redo::kEndAndAsk);
  set_requested(item, false, item.since);
  if (item.phase != Phase::kSubscribing) cancel_room(item);
  // What is under way for it ends it when that has been sent.
  if (item.phase != Phase::kSubscribing && item.phase != Phase::kUnsubscribing) {
    items_.erase(entry);
  }
}

RequestBatcher::Batch RequestBatcher::handle_sent(TimePoint now) {
  WSM_ASSERT(asking_);
  Batch batch = *std::exchange(asking_, std::nullopt);
  for (const SubscriptionId id : batch.ids) {
    Item& item = items_.at(id);
    const bool is_subscribe = batch.kind == RequestKind::kSubscribe;
    item.redo = Redo::kNothing;
    item.is_asked_again = is_subscribe && item.is_requested;
    set_requested(item, is_subscribe, now);
    if (!is_subscribe && std::exchange(item.is_counted, false)) {
      --held_;
      budget_.give_back(1, now);
    }
    finish(id);
  }
  // The names may be shorter further on: let the batches grow again.
  const std::size_t most = options_.subscriptions_per_message;
  batch_size_max_ = batch_size_max_ > most / 2 ? most : batch_size_max_ * 2;
  return batch;
}

std::optional<SubscriptionId> RequestBatcher::handle_unfit(TimePoint now) {
  WSM_ASSERT(asking_);
  Batch batch = *std::exchange(asking_, std::nullopt);
  if (batch.ids.size() > 1) {
    batch_size_max_ = batch.ids.size() / 2;
    for (auto id = batch.ids.rbegin(); id != batch.ids.rend(); ++id) return_to_queue(*id);
    return std::nullopt;
  }
  batch_size_max_ = options_.subscriptions_per_message;
  if (!put_off(batch.ids.front(), batch.kind, now)) return std::nullopt;
  return batch.ids.front();
}

std::size_t RequestBatcher::handle_unsent(TimePoint now) {
  WSM_ASSERT(asking_);
  const Batch batch = *std::exchange(asking_, std::nullopt);
  return static_cast<std::size_t>(std::ranges::count_if(
      batch.ids, [&](SubscriptionId id) { return put_off(id, batch.kind, now); }));
}

void RequestBatcher::handle_timeout(TimePoint now) {
  if (!retry_at_ || now < *retry_at_) return;
  retry_at_.reset();
  for (const SubscriptionId id : std::exchange(put_off_, {})) finish(id);
}

std::optional<RequestBatcher::Batch> RequestBatcher::take_batch() {
  if (asking_) return std::nullopt;
  lacks_room_ = false;
  Batch batch{RequestKind::kUnsubscribe, {}};
  take_from(to_unsubscribe_, batch);
  if (batch.ids.empty()) {
    batch.kind = RequestKind::kSubscribe;
    take_from(to_ask_again_, batch);
    take_from(to_subscribe_, batch);
  }
  if (batch.ids.empty()) return std::nullopt;
  asking_ = std::move(batch);
  return asking_;
}

std::vector<SubscriptionId> RequestBatcher::take_dropped() { return std::exchange(dropped_, {}); }

std::optional<TimePoint> RequestBatcher::requested_at(SubscriptionId id) const {
  const auto entry = items_.find(id);
  if (entry == items_.end() || !entry->second.is_requested) return std::nullopt;
  return entry->second.since;
}

/// Whether an item in this state is to be asked by a request of `kind`.
bool RequestBatcher::is_due(const Item& item, RequestKind kind) {
  const bool is_requested = item.phase == Phase::kRequested;
  if (kind == RequestKind::kUnsubscribe) {
    return is_requested && (!item.is_wanted || item.redo == Redo::kEndAndAsk);
  }
  if (!item.is_wanted) return false;
  return item.phase == Phase::kIdle || (is_requested && item.redo == Redo::kAsk);
}

void RequestBatcher::redo(SubscriptionId id, Redo what) {
  const auto entry = items_.find(id);
  if (entry == items_.end() || entry->second.phase != Phase::kRequested) return;
  if (std::exchange(entry->second.redo, what) != what) enqueue(id, entry->second);
}

/// Where `item` waits to be asked about; null when nothing is to be asked.
std::deque<SubscriptionId>* RequestBatcher::queue_of(const Item& item) {
  if (is_due(item, RequestKind::kSubscribe)) {
    return item.is_requested ? &to_ask_again_ : &to_subscribe_;
  }
  if (is_due(item, RequestKind::kUnsubscribe)) return &to_unsubscribe_;
  return nullptr;
}

void RequestBatcher::enqueue(SubscriptionId id, const Item& item) {
  if (auto* queue = queue_of(item)) queue->push_back(id);
}

/// As many as there is room for. What is requested already needs none.
void RequestBatcher::take_from(std::deque<SubscriptionId>& queue, Batch& batch) {
  const bool needs_room = &queue == &to_subscribe_;
  std::size_t room = options_.subscriptions_max - on_server_;
  for (; !queue.empty() && batch.ids.size() < batch_size_max_; queue.pop_front()) {
    const SubscriptionId id = queue.front();
    const auto entry = items_.find(id);
    if (entry == items_.end() || queue_of(entry->second) != &queue) continue;  // Outdated.
    Item& item = entry->second;
    if (needs_room) {
      lacks_room_ = room > 0 && !take_room(item);
      if (room == 0 || lacks_room_) return;
      --room;
    }
    const bool is_subscribe = batch.kind == RequestKind::kSubscribe;
    item.phase = is_subscribe ? Phase::kSubscribing : Phase::kUnsubscribing;
    batch.ids.push_back(id);
  }
}

/// `id` is put off no longer.
void RequestBatcher::end_waiting(SubscriptionId id) {
  std::erase(put_off_, id);
  if (put_off_.empty()) retry_at_.reset();
}

/// `id` has nothing under way any more; it goes when nothing is left of it. Returns whether it
/// stays.
bool RequestBatcher::settle(SubscriptionId id) {
  Item& item = items_.at(id);
  item.phase = item.is_requested ? Phase::kRequested : Phase::kIdle;
  if (!item.is_requested) cancel_room(item);
  if (item.is_wanted || item.is_requested) return true;
  items_.erase(id);
  dropped_.push_back(id);
  return false;
}

/// The same, and queues what it should become.
void RequestBatcher::finish(SubscriptionId id) {
  if (settle(id)) enqueue(id, items_.at(id));
}

/// It was taken out of its batch, and goes first again: in the queue of what it has become
/// meanwhile, for a hook may have ended it.
void RequestBatcher::return_to_queue(SubscriptionId id) {
  if (!settle(id)) return;
  if (auto* queue = queue_of(items_.at(id))) queue->push_front(id);
}

/// Returns false when it has become something else meanwhile, which has not been tried yet.
bool RequestBatcher::put_off(SubscriptionId id, RequestKind tried, TimePoint now) {
  if (!settle(id)) return false;
  Item& item = items_.at(id);
  if (!is_due(item, tried)) {
    enqueue(id, item);
    return false;
  }
  item.phase = Phase::kPutOff;
  put_off_.push_back(id);
  if (!retry_at_) retry_at_ = now + options_.retry_after;
  return true;
}

void RequestBatcher::set_wanted(Item& item, bool is_wanted) {
  if (item.is_wanted == is_wanted) return;
  item.is_wanted = is_wanted;
  const std::size_t requested = item.is_requested ? 1 : 0;
  if (is_wanted) {
    ++wanted_count_;
    requested_count_ += requested;
  } else {
    --wanted_count_;
    requested_count_ -= requested;
  }
}

void RequestBatcher::set_requested(Item& item, bool is_requested, TimePoint now) {
  if (item.is_requested == is_requested) return;
  item.is_requested = is_requested;
  item.since = now;
  is_requested ? ++on_server_ : --on_server_;
  if (!item.is_wanted) return;
  if (is_requested) {
    ++requested_count_;
  } else {
    --requested_count_;
  }
}

bool RequestBatcher::take_room(Item& item) {
  if (item.is_counted) return true;
  item.is_counted = budget_.take();
  if (item.is_counted) ++held_;
  return item.is_counted;
}

void RequestBatcher::cancel_room(Item& item) {
  if (!std::exchange(item.is_counted, false)) return;
  --held_;
  budget_.cancel(1);
}

}  // namespace wsm
