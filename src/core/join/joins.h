#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include <wsm/detail/subscription_id.h>

#include "base/time.h"
#include "core/join/join.h"
#include "core/join/join_tally.h"
#include "core/outbox.h"

namespace wsm {

/// The subscriptions that more than one connection brings at the moment, and what is made of that:
/// each message is delivered once, in order.
///
/// A join begins when a second connection is asked for the subscription, and is over when one is
/// left that goes on, who was told to end has had kLinger for that, and nothing waits. Without any,
/// nothing here costs anything.
///
/// Memory: what waits is bounded by held_bytes_max in all, with what each message takes beside its
/// payload. Beyond it the subscription that has just asked for more forgets what waits of it:
/// others bring it, or its gap is told. Of what is recognised by keys or payloads StreamJoin says
/// more.
///
/// Sans-IO.
class Joins {
 public:
  struct Options {
    std::size_t held_bytes_max = std::size_t{64} << 20;
  };

  /// How long a server may take to end what it was told to.
  static constexpr Duration kLinger = std::chrono::seconds{30};

  Joins(const Options& options, Outbox& out) : options_(options), out_(out) {}

  // Commands.
  /// Some connection is not read, by our own choice: nobody waits for what it may have brought.
  /// Nothing happens by time until resume().
  void pause(TimePoint now);
  void resume(TimePoint now);
  /// It may bring messages until end_connection().
  void add_connection(ConnectionId connection) { connections_.insert(connection); }
  /// `fresh` has been asked for `id`. Whoever was asked before, or has brought the last message,
  /// and has not ended, may go on with it. `last`: what was delivered before; `speech`: of
  /// serving().
  void begin(SubscriptionId id, ConnectionId fresh, const LastDelivered& last, Speech speech,
             TimePoint now);
  /// It serves no longer: what it still brings is welcome, but nobody counts on it.
  void retire_connection(ConnectionId connection) { retired_.insert(connection); }
  /// It brings nothing any more.
  void end_connection(ConnectionId connection, TimePoint now);
  /// The connections of `shard` are to end `id`, which others carry: what they still bring of it is
  /// welcome, but nobody waits for it. Until kLinger after handle_told().
  void leave(SubscriptionId id, ShardId shard, TimePoint now);
  /// The same, of one connection.
  void leave(SubscriptionId id, ConnectionId connection, TimePoint now);
  /// Nobody wants `id` any more, and all who bring it are to end it; as leave().
  void restart(SubscriptionId id, TimePoint now);
  /// No connection carries `id` any more: whoever is asked next is the first.
  void end(SubscriptionId id);

  // Inputs.
  /// To be asked for each message of a subscription, before anything else is made of it.
  [[nodiscard]] JoinFate handle(SubscriptionId id, ConnectionId connection, const Message& message,
                                const Inspected& data, TimePoint now);
  /// The server of `connection`, which leaves, has been told to end `id`, or never knew of it.
  void handle_told(SubscriptionId id, ConnectionId connection, TimePoint now);
  void handle_timeout(TimePoint now);

  // Outputs.
  struct Released {
    SubscriptionId id;
    HeldMessage message;
  };
  /// What has waited and is to be delivered now; to be taken before the next message.
  [[nodiscard]] std::optional<Released> poll_released();
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;

  // Getters.
  [[nodiscard]] bool empty() const { return joins_.empty(); }
  /// It may bring messages: add_connection() was called, and end_connection() was not yet.
  [[nodiscard]] bool may_bring(ConnectionId connection) const {
    return connections_.contains(connection);
  }
  /// Nothing of `id` is lost if all connections but this one end now.
  [[nodiscard]] bool is_proven(SubscriptionId id, ConnectionId connection) const;
  /// Nothing of `id` is lost if `connection` ends now, and all others go on. Of those that have
  /// brought nothing since `heard_since`, if it is given, nobody knows whether they do.
  [[nodiscard]] bool is_covered_without(SubscriptionId id, ConnectionId connection,
                                        std::optional<TimePoint> heard_since = {}) const;
  /// When `connection` has last brought something of `id` in this join.
  [[nodiscard]] std::optional<TimePoint> last_data(SubscriptionId id,
                                                   ConnectionId connection) const;
  /// Who goes on with `id` when `fresh` is asked for it: who has brought the last message, or else
  /// who was asked last.
  [[nodiscard]] std::optional<ConnectionId> serving(SubscriptionId id, ConnectionId fresh,
                                                    const LastDelivered& last) const;
  /// Of the join of `id`, if there is one.
  [[nodiscard]] JoinTally tally(SubscriptionId id) const;
  [[nodiscard]] std::size_t held_bytes() const { return held_bytes_; }

 private:
  struct Leaving {
    ConnectionId lane;
    std::optional<TimePoint> until = {};  // Once its server has been told.
  };
  struct Entry {
    Join join;
    std::optional<TimePoint> deadline = {};  // As it stands in deadlines_.
    std::size_t held_bytes = 0;              // As it was counted.
    JoinTally tally = {};                    // The duplicates are counted by the join.
    bool has_released = false;               // Stands in released_.
    std::vector<Leaving> leaving = {};       // Of its lanes.
    std::vector<ConnectionId> gone = {};     // They are no lanes any more, whatever they bring.
  };
  using Entries = std::unordered_map<SubscriptionId, Entry>;
  struct Asked {
    ConnectionId connection = {};
    bool is_leaving = false;  // It is to end it; its server has not been told.
  };

  [[nodiscard]] TimePoint clock(TimePoint now) const { return paused_at_.value_or(now); }
  [[nodiscard]] TimePoint awake(TimePoint now) const { return clock(now) - stood_still_; }
  [[nodiscard]] Entry& open(SubscriptionId id, ConnectionId serving, Speech speech,
                            const LastDelivered& last);
  void add_lane(SubscriptionId id, Join& join, ConnectionId connection);
  void leave_lane(Entry& entry, ConnectionId lane, TimePoint now);
  [[nodiscard]] Asked& asked(SubscriptionId id);
  [[nodiscard]] bool may_go_on(SubscriptionId id, ConnectionId connection) const;
  [[nodiscard]] std::optional<TimePoint> told_at(SubscriptionId id, ConnectionId connection) const;
  [[nodiscard]] std::array<std::optional<ConnectionId>, 2> who_goes_on(
      SubscriptionId id, ConnectionId fresh, ConnectionId asked, const LastDelivered& last) const;
  void join_told(SubscriptionId id, const LastDelivered& last, TimePoint now);
  template <class Predicate>
  void leave_if(SubscriptionId id, Predicate is_leaving, TimePoint now);
  static void end_leaving(Entry& entry, TimePoint now);
  /// Whoever leaves may still bring what the next one who is asked brings as well.
  [[nodiscard]] static bool is_over(const Entry& entry);
  [[nodiscard]] static bool is_leaving(const Entry& entry, ConnectionId lane);
  void keep(SubscriptionId id, Entry& entry);
  void forget_lane(SubscriptionId id, ConnectionId lane);
  void forget(Entries::iterator entry);

  const Options options_;
  Outbox& out_;
  Entries joins_;             // Iterated only where the order does not matter.
  std::vector<Asked> asked_;  // By subscription: who was asked last.
  std::set<ConnectionId> connections_;
  std::set<ConnectionId> retired_;                                  // Of these.
  std::map<ConnectionId, std::set<SubscriptionId>> by_connection_;  // Joins that it has a lane of.
  /// To end them, and not asked again; and when, on a clock that stands still like reading.
  std::map<ConnectionId, std::map<SubscriptionId, TimePoint>> told_;
  std::set<std::pair<TimePoint, SubscriptionId>> deadlines_;
  std::vector<SubscriptionId> released_;  // Those that may have something to deliver.
  std::size_t held_bytes_ = 0;
  std::optional<TimePoint> paused_at_;
  Duration stood_still_{};  // In all.
};

}  // namespace wsm
