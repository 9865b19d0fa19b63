#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include <wsm/config.h>
#include <wsm/connection_state.h>
#include <wsm/error.h>
#include <wsm/event.h>
#include <wsm/message.h>

namespace wsm {

using ConnectionStatePtr = std::shared_ptr<const ConnectionState>;

/// What a handler is told besides messages.
struct DisconnectNotice {
  ConnectionStatePtr state;
  DisconnectReason reason;
};
using Notice = std::variant<Event, DisconnectNotice>;

/// Messages and notices of one turn of the I/O thread, in order. The payloads lie in one block of
/// memory, which is used again: in steady state nothing is allocated.
class DeliveryBatch {
 public:
  void add(const ConnectionStatePtr& state, const Message& message);
  void add(Notice notice);
  void clear();

  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] std::size_t messages() const { return messages_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_.size(); }

  /// Calls on_message(const Message&, const ConnectionState&) or on_notice(const Notice&) for each.
  template <class OnMessage, class OnNotice>
  void visit(OnMessage&& on_message, OnNotice&& on_notice) const {
    for (const Entry& entry : entries_) {
      if (entry.is_notice) {
        on_notice(notices_[entry.index]);
        continue;
      }
      const std::span payload = std::span{bytes_}.subspan(entry.offset, entry.size);
      on_message(Message{entry.kind, payload}, *states_[entry.index]);
    }
  }

 private:
  struct Entry {
    std::size_t offset = 0;
    std::size_t size = 0;
    std::uint32_t index = 0;  // Into states_, or notices_.
    MessageKind kind = MessageKind::kText;
    bool is_notice = false;
  };

  std::vector<std::byte> bytes_;
  std::vector<Entry> entries_;
  std::vector<ConnectionStatePtr> states_;
  std::vector<Notice> notices_;
  std::size_t messages_ = 0;
};

/// Hands batches from the I/O thread to the delivery thread.
///
/// One lock for each turn, not for each message; the consumer is woken only when it sleeps. The
/// bound is soft by one turn: the producer asks is_full() after each read and stops reading, so
/// that at most what one read brought is over it. Notices have a bound of their own, which no
/// handler that keeps up reaches: a small queue must not be full with the notice that it is not.
///
/// Threads: push…, flush, is_full: the I/O thread. take, finish_…: the delivery thread.
class DeliveryQueue {
 public:
  /// Notices that wait, at least; as many as messages where that is more.
  static constexpr std::size_t kNoticesMax = 1'024;

  explicit DeliveryQueue(const DeliveryOptions& options) : options_(options) {}

  // Producer.
  void push(const ConnectionStatePtr& state, const Message& message);
  void push(Notice notice);
  /// Gives what was pushed to the consumer.
  void flush();
  /// No more will be pushed: take() ends when all has been taken.
  void close();
  [[nodiscard]] bool is_full() const;
  /// Enough has been handled for reading to go on.
  [[nodiscard]] bool has_drained() const;

  // Consumer.
  /// Waits for the next batch; none when closed and empty.
  [[nodiscard]] std::unique_ptr<DeliveryBatch> take();
  void finish_message(std::size_t bytes);
  void finish_notice();
  void recycle(std::unique_ptr<DeliveryBatch> batch);

  // Any thread.
  /// Messages that were pushed and are not handled yet.
  [[nodiscard]] std::size_t depth() const;

 private:
  [[nodiscard]] std::size_t waiting_bytes() const;
  [[nodiscard]] std::size_t waiting_notices() const;

  const DeliveryOptions options_;
  const std::size_t notices_max_ = std::max(options_.queue_capacity, kNoticesMax);
  std::unique_ptr<DeliveryBatch> filling_ = std::make_unique<DeliveryBatch>();

  std::atomic<std::uint64_t> pushed_messages_{0};
  std::atomic<std::uint64_t> pushed_bytes_{0};
  std::atomic<std::uint64_t> pushed_notices_{0};
  std::atomic<std::uint64_t> handled_messages_{0};
  std::atomic<std::uint64_t> handled_bytes_{0};
  std::atomic<std::uint64_t> handled_notices_{0};

  std::mutex mutex_;  // Guards what follows.
  std::condition_variable changed_;
  std::deque<std::unique_ptr<DeliveryBatch>> full_;    // Oldest first.
  std::vector<std::unique_ptr<DeliveryBatch>> empty_;  // To be filled again.
  bool is_consumer_asleep_ = false;
  bool is_closed_ = false;
};

}  // namespace wsm
