#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include <wsm/config.h>

#include "manager/delivery_batch.h"
#include "manager/drop_tally.h"

namespace wsm {

/// Hands batches from the I/O thread to the delivery thread.
///
/// One lock for each turn, not for each message; the consumer is woken only when it sleeps. The
/// bound is soft by one turn. With WhenFull::kBlock the producer asks is_full() after each read and
/// stops reading, so that at most what one read brought is over it. Otherwise what is too much is
/// dropped: the newest at once, the oldest at the end of the turn. The newest message stays in any
/// case, or a queue for a single one would bring nothing while the handler is busy.
///
/// Notices have a bound of their own, which no handler that keeps up reaches: a small queue must
/// not be full with the notice that it is not. With WhenFull::kBlock reading stops at it; at twice
/// as many the producer is to push no more. One that lists subscriptions counts for each of them.
///
/// Threads: push…, flush, close, is_full, has_drained, dropped, waiting_since: the I/O thread.
/// take, finish_…, recycle: the delivery thread.
class DeliveryQueue {
 public:
  /// Notices that wait, at least; as many as messages where that is more.
  static constexpr std::size_t kNoticesMax = 1'024;

  explicit DeliveryQueue(const DeliveryOptions& options);

  // Producer.
  void push(const ConnectionStatePtr& state, const Message& message, Attribution attribution = {});
  void push(Notice notice);
  /// Gives what was pushed to the consumer; `now` is the time of the turn that brought it.
  void flush(TimePoint now);
  /// No more will be pushed: take() ends when all has been taken.
  void close();
  /// The same when something has thrown in a turn: what that turn brought may be half, and is left
  /// out. Needs no memory.
  void break_off();
  /// Reading has to pause; never true when messages are dropped instead.
  [[nodiscard]] bool is_full() const;
  /// So many notices wait that there must not be more.
  [[nodiscard]] bool is_full_of_notices() const;
  /// Enough has been handled for reading to go on.
  [[nodiscard]] bool has_drained() const;
  /// The same of notices alone: messages may wait all the time behind a slow handler.
  [[nodiscard]] bool has_drained_notices() const;
  /// Messages that the consumer does not get.
  [[nodiscard]] const DropTally& dropped() const { return dropped_; }
  [[nodiscard]] auto take_dropped() { return dropped_.take_untold(); }
  void forget(SubscriptionId id);
  /// When the oldest turn came of which a message waits to be taken.
  [[nodiscard]] std::optional<TimePoint> waiting_since();

  // Consumer.
  /// Waits for the next batch; none when closed and empty. It must live until it is recycled.
  [[nodiscard]] std::unique_ptr<DeliveryBatch> take();
  void finish_message(std::size_t bytes);
  void finish_notice(const Notice& notice);
  void recycle(std::unique_ptr<DeliveryBatch> batch);

  // Any thread.
  /// Messages that were pushed and are neither handled nor dropped yet.
  [[nodiscard]] std::size_t depth() const;

 private:
  /// A message in the queue.
  struct Place {
    std::uint64_t number = 0;  // Of the batch; 0: nowhere.
    DeliveryBatch* batch = nullptr;
    DeliveryBatch::Index index = 0;

    friend bool operator==(const Place&, const Place&) = default;
  };

  [[nodiscard]] std::size_t waiting_bytes() const;
  [[nodiscard]] std::size_t waiting_notices() const;
  [[nodiscard]] bool has_room_for(const Message& message) const;

  // With mutex_.
  void enqueue(TimePoint now);
  void conflate();
  void drop_excess();
  /// False when the newest of all comes next.
  [[nodiscard]] bool drop_oldest_of(DeliveryBatch& batch);
  void discard_exhausted();
  [[nodiscard]] bool is_over() const;
  [[nodiscard]] Place& place_of(SubscriptionId id);
  [[nodiscard]] bool is_outdated(SubscriptionId id, const DeliveryBatch& batch) const;

  const DeliveryOptions options_;
  const std::size_t notices_max_ = std::max(options_.queue_capacity, kNoticesMax);
  std::unique_ptr<DeliveryBatch> filling_ = std::make_unique<DeliveryBatch>();
  std::uint64_t last_number_ = 0;
  TimePoint last_turn_{};
  Place newest_;               // Of the messages; it may have been taken.
  std::vector<Place> latest_;  // By subscription; what it points to may have been taken.
  std::vector<std::uint64_t>
      valid_from_;  // By id: the batch from which it stands for what it does.
  DropTally dropped_;

  std::atomic<std::uint64_t> pushed_messages_{0};
  std::atomic<std::uint64_t> pushed_bytes_{0};
  std::atomic<std::uint64_t> pushed_notices_{0};
  std::atomic<std::uint64_t> settled_messages_{0};  // Handled or dropped.
  std::atomic<std::uint64_t> settled_bytes_{0};
  std::atomic<std::uint64_t> handled_notices_{0};

  std::mutex mutex_;  // Guards what follows.
  std::condition_variable changed_;
  std::deque<std::unique_ptr<DeliveryBatch>> full_;    // Oldest first.
  std::vector<std::unique_ptr<DeliveryBatch>> empty_;  // To be filled again.
  DeliveryBatch* in_hand_ = nullptr;                   // What the consumer is handling.
  bool has_exhausted_front_ = false;  // Of the first batch in full_, only notices are left.
  bool is_consumer_asleep_ = false;
  bool is_closed_ = false;
};

}  // namespace wsm
