#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <wsm/config.h>
#include <wsm/detail/subscription_id.h>
#include <wsm/event.h>
#include <wsm/inspection.h>

#include "base/time.h"
#include "core/ledger/continuity.h"
#include "core/ledger/last_delivered.h"
#include "core/outbox.h"

namespace wsm {

/// Keeps account of what was delivered of each subscription, and of each gap in it.
///
/// Theory. A gap *opens* where delivery is known to be interrupted: a connection is lost, or falls
/// silent, or a subscription is moved. It *closes* with the next message of the subscription, whose
/// number says how many are missing; none of them, often enough. Messages that the interrupted
/// connection still brings while it closes are before the gap and do not close it. Where the
/// numbers jump though nothing was known to be wrong, a gap is found when it is over already.
///
/// The account of a subscription begins with its first message and ends when it is not desired any
/// more. What is lost of it is what was passed over between the first and the last message that
/// were delivered, at any instant: a message that comes late is taken off again.
///
/// What a connection repeats of another one is dropped. But who brings nothing except lower numbers
/// for kSettle, and more than a few, has a server that counts anew and does not say so; to wait
/// until it has passed the old ones could be silence for hours.
///
/// Sans-IO; tells in its Outbox. Cost of handle_data(): a few comparisons. Memory: two words for
/// each id, and some 200 bytes for each subscription that has had data.
class Ledger {
 public:
  /// How long a connection may lag behind what another one has brought.
  static constexpr Duration kSettle = std::chrono::seconds{5};
  /// So many of them say nothing, however long they took: servers repeat what was last.
  static constexpr std::size_t kRepetitionsMax = 4;

  struct Options {
    GapRecovery recovery = GapRecovery::kGoOn;
    Duration recovery_interval = std::chrono::seconds{30};  ///< Between two for a subscription.
  };

  Ledger(const Options& options, Outbox& out) : options_(options), out_(out) {}

  // Commands.
  /// `id` is desired: its account begins.
  void begin(SubscriptionId id);
  void end(SubscriptionId id);

  /// Nothing is read, so nobody can come up with the last number.
  void pause(TimePoint now);
  void resume(TimePoint now);

  // Inputs.
  /// From now on messages of `id` may be missing. `interrupted`: the connection that may bring some
  /// more from before. Nothing new where a gap is open already, or no message has come yet.
  /// Returns whether a gap has opened.
  bool handle_interrupted(SubscriptionId id, ShardId shard, GapCause cause,
                          std::optional<ConnectionId> interrupted, TimePoint now);

  /// The numbers of `id` have begun anew on `connection`, as was found out too late for the first
  /// of them. Returns false when nothing is to be delivered before the next snapshot:
  /// GapRecovery::kDrop.
  [[nodiscard]] bool handle_begun_anew(SubscriptionId id, ConnectionId connection, TimePoint now);

  /// What is to be done with a message.
  enum class Advice : std::uint8_t {
    kDeliver,
    kDeliverAndRecover,  ///< Something is missing before it, on the very connection that lives.
    kWithhold,           ///< Not to be delivered: GapRecovery::kDrop.
    kPastIt,             ///< Not to be delivered: another connection has brought it, or later ones.
  };
  [[nodiscard]] Advice handle_data(SubscriptionId id, ConnectionId connection,
                                   const Numbering& numbering, TimePoint now);
  /// `connection` has brought what another one has brought before.
  void handle_copy(SubscriptionId id, ConnectionId connection, const Numbering& numbering);

  // Getters.
  [[nodiscard]] bool has_open_gap(SubscriptionId id) const;
  /// When the last message of `id` came, if one has since it is desired.
  [[nodiscard]] std::optional<TimePoint> last_data(SubscriptionId id) const;
  [[nodiscard]] LastDelivered last_delivered(SubscriptionId id) const;
  [[nodiscard]] std::size_t open_gaps() const { return open_gaps_; }

 private:
  struct OpenGap {
    GapCause cause;
    std::optional<ConnectionId> interrupted;
  };
  /// Lower numbers than were delivered, each higher than the one before, and nothing else. They may
  /// come from several connections by turns; what another one repeats is counted for itself.
  struct Behind {
    ConnectionId connection = {};
    std::uint64_t last = 0;
    TimePoint last_at = {};
    TimePoint since;  // On a clock that stands still while nothing is read.
    std::size_t messages = 0;
  };
  struct Account {
    Continuity numbers;
    TimePoint last_at;  // Of the last message that was delivered.
    std::optional<ConnectionId> last_from;
    std::optional<OpenGap> gap;
    std::optional<Behind> behind;
    bool is_withheld = false;  // Until the numbers begin anew.
    TimePoint next_recovery;   // Not before.
  };
  struct Entry {
    bool is_desired = false;
    std::unique_ptr<Account> account;  // From its first message on.
  };

  [[nodiscard]] Account* find(SubscriptionId id) const;
  [[nodiscard]] Continuity::Finding judge(Account& account, ConnectionId connection,
                                          const Numbering& numbering, TimePoint now) const;
  [[nodiscard]] static bool is_from_other(const Account& account, ConnectionId connection);
  [[nodiscard]] Advice withhold();
  [[nodiscard]] Advice advise(Account& account, bool is_hole, TimePoint now) const;
  void open(Account& account, SubscriptionId id, ShardId shard, const OpenGap& gap, TimePoint now);
  void close(Account& account, SubscriptionId id, ConnectionId connection, GapCause cause,
             const Numbering& numbering, std::optional<std::uint64_t> lost, TimePoint now);
  [[nodiscard]] static bool closes(const Account& account, ConnectionId connection,
                                   const Numbering& numbering, const Continuity::Finding& finding);
  [[nodiscard]] static bool breaks(const Account& account, const Continuity::Finding& finding);
  void settle(Account& account, SubscriptionId id, ConnectionId connection,
              const Numbering& numbering, const Continuity::Finding& finding, TimePoint now);

  const Options options_;
  Outbox& out_;
  std::vector<Entry> entries_;  // By id, which are dense.
  std::size_t open_gaps_ = 0;
  std::optional<TimePoint> paused_at_;
  Duration stood_still_{};  // In all.
};

[[nodiscard]] constexpr std::string_view to_string(Ledger::Advice advice) {
  switch (advice) {
    case Ledger::Advice::kDeliver: return "deliver";
    case Ledger::Advice::kDeliverAndRecover: return "deliver and recover";
    case Ledger::Advice::kWithhold: return "withhold";
    case Ledger::Advice::kPastIt: return "past it";
  }
  return "unknown";
}

}  // namespace wsm
