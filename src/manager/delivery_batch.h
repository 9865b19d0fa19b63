#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <thread>
#include <variant>
#include <vector>

#include <wsm/connection_state.h>
#include <wsm/detail/subscription_id.h>
#include <wsm/error.h>
#include <wsm/event.h>
#include <wsm/message.h>

#include "base/time.h"

namespace wsm {

using ConnectionStatePtr = std::shared_ptr<const ConnectionState>;

/// What a handler is told besides messages.
struct DisconnectNotice {
  ConnectionStatePtr state;
  DisconnectReason reason;
};
using Notice = std::variant<Event, DisconnectNotice>;

/// Whose a message is, as far as that is known.
struct Attribution {
  std::optional<SubscriptionId> subscription;
};

/// What the queue knows of a message that it hands out.
struct Queued {
  TimePoint since;    ///< When the turn began that brought it.
  std::size_t bytes;  ///< What it counts for; no less than its payload.
};

/// Messages and notices of one turn of the I/O thread, in order. The payloads lie in one block of
/// memory, which is used again: in steady state nothing is allocated.
///
/// The delivery thread takes the messages one by one, and the I/O thread may meanwhile drop or
/// replace those that are not taken yet. Each message has a mark that decides who comes first; all
/// else is only read while a batch is in the hands of the delivery thread.
class DeliveryBatch {
 public:
  using Index = std::uint32_t;

  void add(const ConnectionStatePtr& state, const Message& message, Attribution attribution = {});
  void add(Notice notice);
  void clear();
  /// The number is greater than those of all batches before.
  void stamp(std::uint64_t number, TimePoint arrived);

  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] std::size_t messages() const { return messages_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_.size(); }
  [[nodiscard]] std::uint64_t number() const { return number_; }
  [[nodiscard]] TimePoint arrived() const { return arrived_; }
  [[nodiscard]] bool has_notices() const { return !notices_.empty(); }

  /// The delivery thread: takes each message that is still there and calls
  /// on_message(const Message&, const ConnectionState&, const Queued&), or on_notice(const
  /// Notice&).
  template <class OnMessage, class OnNotice>
  void visit(OnMessage&& on_message, OnNotice&& on_notice) {
    for (Entry& entry : entries_) {
      if (entry.is_notice) {
        on_notice(notices_[entry.index]);
      } else if (take(entry)) {
        on_message(Message{kind_of(entry), payload_of(entry)}, *state_of(entry),
                   Queued{std::max(arrived_, entry.replaced_at), entry.charge});
      }
    }
  }

  // The I/O thread.
  /// The first message that nobody has taken or dropped; none when there is none left.
  [[nodiscard]] std::optional<Index> oldest_waiting();
  /// The last entry; the batch must have messages.
  [[nodiscard]] std::optional<Index> last_message() const;
  /// False when it has been taken.
  [[nodiscard]] bool drop(Index index);
  [[nodiscard]] ShardId shard(Index index) const { return state_of(entries_[index])->shard_id; }
  [[nodiscard]] std::optional<SubscriptionId> subscription(Index index) const;
  [[nodiscard]] std::size_t charge(Index index) const { return entries_[index].charge; }
  [[nodiscard]] Index end() const { return static_cast<Index>(entries_.size()); }
  /// Puts the message `newer` of `from`, a batch that nobody else sees yet, in the place of
  /// `older`. False when that has been taken.
  [[nodiscard]] bool replace(Index older, const DeliveryBatch& from, Index newer);

  // The I/O thread, while nobody else sees the batch.
  /// Takes the dropped messages out; `moved` is told of each other that has a subscription.
  void compact(const std::function<void(SubscriptionId, Index)>& moved);
  /// Appends the notices of `other`, of which no message is left.
  void adopt_notices(DeliveryBatch& other);
  /// All messages have been dropped: their memory goes.
  void release_messages();
  /// Gives back memory that the payloads do not fill.
  void trim();

 private:
  /// Who may touch a message. From kWaiting on there is one who wins.
  enum class Mark : std::uint8_t { kWaiting, kBeingReplaced, kTaken, kDropped };

  /// A newer message in the place of an older one, whose block may be in use already.
  struct Replacement {
    std::vector<std::byte> payload;
    ConnectionStatePtr state;
    MessageKind kind;
  };

  struct Entry {
    std::size_t offset = 0;
    std::size_t size = 0;
    std::size_t charge = 0;
    TimePoint replaced_at{};
    std::unique_ptr<Replacement> replacement;
    std::uint32_t index = 0;  // Into states_, or notices_.
    SubscriptionId subscription;
    MessageKind kind = MessageKind::kText;
    Mark mark = Mark::kWaiting;
    bool has_subscription = false;
    bool is_notice = false;
  };

  [[nodiscard]] static bool take(Entry& entry);
  [[nodiscard]] static bool change(Entry& entry, Mark to);
  [[nodiscard]] MessageKind kind_of(const Entry& entry) const;
  [[nodiscard]] std::span<const std::byte> payload_of(const Entry& entry) const;
  [[nodiscard]] const ConnectionStatePtr& state_of(const Entry& entry) const;

  std::vector<std::byte> bytes_;
  std::vector<Entry> entries_;
  std::vector<ConnectionStatePtr> states_;
  std::vector<Notice> notices_;
  std::size_t messages_ = 0;
  std::uint64_t number_ = 0;
  TimePoint arrived_{};
  Index settled_ = 0;  // The I/O thread's: before it nothing waits.
};

}  // namespace wsm
