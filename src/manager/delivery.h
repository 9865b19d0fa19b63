#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "manager/delivery_queue.h"
#include "manager/delivery_timing.h"
#include "manager/handler_caller.h"

namespace wsm {

/// Brings messages and notices to the handler: through the queue and a thread of its own, or at
/// once on the I/O thread (low_latency_mode).
///
/// A handler that never returns keeps its thread; everything that the thread needs it owns with
/// others, so that the manager can be destroyed all the same.
///
/// Threads: the I/O thread, but for wait_until_finished(), depth() and timing().
class Delivery {
 public:
  /// `on_room`, which does not throw, is called from the delivery thread when has_drained() may
  /// have become true after the queue was full.
  Delivery(const ShardManagerConfig& config, std::shared_ptr<HandlerCaller> caller,
           std::function<void()> on_room);
  ~Delivery();
  Delivery(const Delivery&) = delete;
  Delivery& operator=(const Delivery&) = delete;

  void message(const ConnectionStatePtr& state, const Message& message,
               Attribution attribution = {});
  void notice(Notice notice);
  /// The turn that began at `now` is over: what it brought goes to the handler.
  void flush(TimePoint now);
  /// The queue is full: stop reading until on_room comes.
  [[nodiscard]] bool is_full();
  /// Whether notice() may be called; if not, on_room comes when it may. Once it says no, it does so
  /// until the handler has caught up, so that what is left out is one stretch.
  [[nodiscard]] bool takes_notices();
  /// Nothing more will come; the handler still gets what is queued.
  void close();
  /// Nothing more will come but `last`, behind what is queued of whole turns. Needs no memory.
  void break_off(Notice last) noexcept;
  /// Messages that the queue dropped.
  [[nodiscard]] const DropTally& dropped() const;
  /// By subscription, what it dropped since this was last asked.
  [[nodiscard]] std::map<SubscriptionId, DropTally::Untold> take_dropped();
  void forget(SubscriptionId id);
  /// When the oldest turn came of which a message waits for the handler.
  [[nodiscard]] std::optional<TimePoint> waiting_since();

  // Any thread.
  /// True when the handler has got everything. From the delivery thread itself: false at once.
  bool wait_until_finished(std::chrono::steady_clock::time_point deadline);
  [[nodiscard]] std::size_t depth() const;
  [[nodiscard]] DeliveryTiming::Distributions timing() const;

 private:
  struct Shared;
  static void work(const std::shared_ptr<Shared>& shared);
  [[nodiscard]] bool await_room();

  const DropTally nothing_dropped_;
  std::shared_ptr<HandlerCaller> caller_;
  std::shared_ptr<Shared> shared_;  // Null in low_latency_mode.
  std::thread thread_;
  bool is_notice_omitted_ = false;  // The I/O thread's.
};

}  // namespace wsm
