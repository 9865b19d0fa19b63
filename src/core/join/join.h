#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "base/time.h"
#include "core/join/number_join.h"
#include "core/join/stream_join.h"
#include "core/ledger/last_delivered.h"
#include "core/subscription/inspected.h"

namespace wsm {

/// Makes one stream of the copies of one subscription: by the numbers of the feed, if the first
/// message that comes has one, else by its key, else by its payload.
///
/// Messages without what the first one had are taken from the connection that has served longest
/// of those that go on, and from no other.
///
/// Sans-IO; see NumberJoin and StreamJoin.
class Join {
 public:
  struct Lane {
    ConnectionId connection;
    std::optional<TimePoint> last_data = {};
    bool is_leaving = false;
  };

  /// `last`: what was delivered before.
  Join(ConnectionId serving, Speech speech, const LastDelivered& last)
      : lanes_{{serving}}, speech_(speech), last_(last) {}

  // Commands.
  void add_lane(ConnectionId connection);
  /// It has been asked once more, and may have missed something before.
  void renew_lane(ConnectionId connection);
  /// It has been told to end: what it still brings is welcome, but nobody waits for it.
  void leave_lane(ConnectionId connection, TimePoint now);
  /// It brings nothing any more.
  void end_lane(ConnectionId connection, TimePoint now);
  /// Forgets what waits of all, for want of memory.
  void forget_held(TimePoint now);

  /// Begins anew with the next message of any lane.
  void restart();
  /// Nothing has been read for that long.
  void forgive(const StandingStill& pause);

  // Inputs.
  /// To be told before handle(). Returns whether it is a lane.
  [[nodiscard]] bool note_data(ConnectionId connection, TimePoint now);
  /// `now`: stands still while nothing is read.
  [[nodiscard]] JoinFate handle(ConnectionId connection, const Message& message,
                                const Inspected& data, TimePoint now);
  /// Of a connection that is no lane any more, and still brings something: only what is missing.
  [[nodiscard]] JoinFate handle_gone(ConnectionId connection, const Inspected& data, TimePoint now);
  void handle_timeout(TimePoint now);

  // Outputs.
  [[nodiscard]] std::optional<HeldMessage> poll_released();
  [[nodiscard]] bool has_released() const;
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;

  // Getters.
  [[nodiscard]] bool has_lane(ConnectionId connection) const;
  [[nodiscard]] bool is_proven(ConnectionId connection) const;
  /// Whether nothing is missing before what `connection` brings next. Before anything has come that
  /// is said of the one that served first.
  [[nodiscard]] bool goes_on(ConnectionId connection) const;
  [[nodiscard]] const std::vector<Lane>& lanes() const { return lanes_; }
  /// When it has last brought something since add_lane() or restart(), if it has.
  [[nodiscard]] std::optional<TimePoint> last_data(ConnectionId connection) const;
  [[nodiscard]] bool is_over() const;
  [[nodiscard]] std::size_t held_bytes() const;
  [[nodiscard]] std::uint64_t duplicates() const;

 private:
  /// How messages are recognised; nothing until the first has come.
  using Way = std::variant<std::monostate, NumberJoin, StreamJoin>;

  [[nodiscard]] Lane* find(ConnectionId connection);
  [[nodiscard]] bool has_served_first(ConnectionId connection) const;
  [[nodiscard]] bool is_first_to_stay(ConnectionId connection) const;
  void choose_way(const Inspected& data, TimePoint now);
  template <class Asking, class Default>
  auto ask(Asking asking, Default otherwise) const;
  template <class Telling>
  void tell(Telling telling);

  std::vector<Lane> lanes_;  // The first has served first.
  Speech speech_;            // Of the first.
  LastDelivered last_;
  Way way_;
};

}  // namespace wsm
