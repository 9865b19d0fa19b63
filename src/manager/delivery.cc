#include "manager/delivery.h"

#include <atomic>
#include <optional>
#include <utility>

#include "io/steady_clock.h"

namespace wsm {

/// What the thread and the rest have in common.
struct Delivery::Shared {
  Shared(const DeliveryOptions& options, std::shared_ptr<HandlerCaller> handler,
         std::function<void()> tell_room)
      : queue(options), caller(std::move(handler)), on_room(std::move(tell_room)) {}

  DeliveryQueue queue;
  DeliveryTiming timing;
  std::shared_ptr<HandlerCaller> caller;
  std::function<void()> on_room;
  std::atomic<bool> is_room_awaited{false};

  std::mutex mutex;            // Guards what follows.
  std::optional<Notice> last;  // Of break_off().
  std::condition_variable finished;
  bool is_finished = false;
};

Delivery::Delivery(const ShardManagerConfig& config, std::shared_ptr<HandlerCaller> caller,
                   std::function<void()> on_room)
    : caller_(std::move(caller)) {
  if (config.connection().low_latency_mode) return;
  shared_ = std::make_shared<Shared>(config.delivery(), caller_, std::move(on_room));
  thread_ = std::thread{[shared = shared_] { work(shared); }};
}

Delivery::~Delivery() {
  if (!thread_.joinable()) return;
  shared_->queue.break_off();  // Where it was closed already, nothing changes.
  const bool is_over = wait_until_finished(std::chrono::steady_clock::now());
  // A hook that never returns, or the last owner going away inside one: the thread ends by itself.
  if (is_over && thread_.get_id() != std::this_thread::get_id()) {
    thread_.join();
  } else {
    thread_.detach();
  }
}

void Delivery::message(const ConnectionStatePtr& state, const Message& message,
                       Attribution attribution) {
  if (shared_) {
    shared_->queue.push(state, message, attribution);
  } else {
    caller_->on_message(message, *state);
  }
}

void Delivery::notice(Notice notice) {
  if (shared_) {
    shared_->queue.push(std::move(notice));
  } else {
    caller_->on_notice(notice);
  }
}

void Delivery::flush(TimePoint now) {
  if (shared_) shared_->queue.flush(now);
}

bool Delivery::is_full() { return shared_ && shared_->queue.is_full() && await_room(); }

bool Delivery::takes_notices() {
  if (!shared_) return true;
  const DeliveryQueue& queue = shared_->queue;
  is_notice_omitted_ =
      is_notice_omitted_ ? !queue.has_drained_notices() : queue.is_full_of_notices();
  // Turns ask again; where there are none any more, all will have drained at last.
  if (is_notice_omitted_ && !await_room()) is_notice_omitted_ = false;
  return !is_notice_omitted_;
}

/// on_room is to come. False when there is room already, and it does not.
bool Delivery::await_room() {
  shared_->is_room_awaited.store(true, std::memory_order_relaxed);
  // The consumer may have emptied the queue before it could see that anybody waits. The fence, and
  // its like in work(), let at least one of both see what the other has written: either we see that
  // there is room, or the consumer sees that we wait. Acquire and release would not do.
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (!shared_->queue.has_drained()) return true;
  shared_->is_room_awaited.store(false);
  return false;
}

void Delivery::close() {
  if (shared_) shared_->queue.close();
}

void Delivery::break_off(Notice last) noexcept {
  if (!shared_) return caller_->on_notice(last);
  {
    const std::lock_guard lock{shared_->mutex};
    shared_->last = std::move(last);
  }
  shared_->queue.break_off();
}

bool Delivery::wait_until_finished(std::chrono::steady_clock::time_point deadline) {
  if (!shared_) return true;
  if (thread_.get_id() == std::this_thread::get_id()) return false;
  std::unique_lock lock{shared_->mutex};
  return shared_->finished.wait_until(lock, deadline, [this] { return shared_->is_finished; });
}

const DropTally& Delivery::dropped() const {
  return shared_ ? shared_->queue.dropped() : nothing_dropped_;
}

std::map<SubscriptionId, DropTally::Untold> Delivery::take_dropped() {
  if (!shared_) return {};
  return shared_->queue.take_dropped();
}

void Delivery::forget(SubscriptionId id) {
  if (shared_) shared_->queue.forget(id);
}

std::optional<TimePoint> Delivery::waiting_since() {
  return shared_ ? shared_->queue.waiting_since() : std::nullopt;
}

DeliveryTiming::Distributions Delivery::timing() const {
  return shared_ ? shared_->timing.read() : DeliveryTiming::Distributions{};
}

std::size_t Delivery::depth() const { return shared_ ? shared_->queue.depth() : 0; }

void Delivery::work(const std::shared_ptr<Shared>& shared) {
  DeliveryQueue& queue = shared->queue;
  const auto tell_room = [&] {
    std::atomic_thread_fence(std::memory_order_seq_cst);  // Between "handled" and "awaited".
    if (!shared->is_room_awaited.load(std::memory_order_relaxed) || !queue.has_drained()) return;
    if (shared->is_room_awaited.exchange(false)) shared->on_room();
  };
  while (auto batch = queue.take()) {
    TimePoint now = io::now();  // Read once for each message: the end of one begins the next.
    batch->visit(
        [&](const Message& message, const ConnectionState& state, const Queued& queued) {
          shared->caller->on_message(message, state);
          const TimePoint began = std::exchange(now, io::now());
          shared->timing.add(began - queued.since, now - began, now);
          queue.finish_message(queued.bytes);
          tell_room();
        },
        [&](const Notice& notice) {
          shared->caller->on_notice(notice);
          now = io::now();
          queue.finish_notice(notice);
          tell_room();
        });
    shared->timing.share(now);
    queue.recycle(std::move(batch));
  }
  std::unique_lock lock{shared->mutex};
  const auto last = std::exchange(shared->last, std::nullopt);
  lock.unlock();
  if (last) shared->caller->on_notice(*last);
  lock.lock();
  shared->is_finished = true;
  shared->finished.notify_all();
}

}  // namespace wsm
