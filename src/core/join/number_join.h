#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include <wsm/inspection.h>

#include "base/time.h"
#include "core/health/pause.h"
#include "core/join/held_message.h"
#include "core/ledger/last_delivered.h"
#include "core/ledger/missing_numbers.h"

namespace wsm {

/// Makes one stream of the copies of a subscription that several connections bring, where the feed
/// numbers its messages.
///
/// Theory. Each connection is a *lane*, and keeps the order of the feed. Whoever brings the number
/// that follows what has been delivered is first; the others bring it later, and it is dropped. A
/// lane is *joined* when nothing is missing between what has been delivered and what it brings. A
/// number that is ahead waits as long as another joined lane may still bring what is missing: until
/// that one has passed the place, has ended, or has brought nothing for kSettle. Then it is
/// delivered, behind a gap. What has been given up that way is dropped should it come after all:
/// the order of a subscription never breaks.
///
/// When a feed begins to count anew, the foremost lane says so first and leads; what the others
/// still bring of the old numbers is dropped, until theirs go back as well. A number that is above
/// where the old ones ended, or within what has come of the new ones and does not follow the lane's
/// own last one, is a new one all the same: it was one message that went back, or the lane has
/// brought nothing for long.
///
/// A lane that has only ever brought lower numbers than were delivered is behind, or its server
/// counts anew without saying so. It is not proven before it has come to where the stream was when
/// it was added; and when nobody is left who has come as far as the stream, and that has been so
/// for kSettle, its numbers begin anew. They do at once if it begins with a snapshot, and was asked
/// after the one that came last: the snapshot of who was asked before may only be older. One that
/// has been told to end counts as long as messages come.
///
/// What a number belongs to is a guess where beginnings and lags meet. So no guess lasts: whoever
/// goes on while nothing is delivered for kStuck begins anew.
///
/// Sans-IO. Cost: some comparisons a message; an allocation and a copy for one that waits.
class NumberJoin {
 public:
  /// How long one side may lag behind the other.
  static constexpr Duration kSettle = std::chrono::seconds{5};
  /// When everything has been taken for old or for copies for so long, and that is more than a few
  /// messages, it was mistaken.
  static constexpr Duration kStuck = std::chrono::seconds{30};
  static constexpr std::size_t kStuckMax = 4;

  /// `last`: what was delivered before; `serving` may be behind it, if it was not the one to bring
  /// it.
  NumberJoin(ConnectionId serving, const LastDelivered& last, Speech speech);

  // Commands.
  /// `last`: what it has brought before, if it has.
  void add_lane(ConnectionId connection, std::optional<std::uint64_t> last = {});
  /// It has been asked once more.
  void renew_lane(ConnectionId connection);
  /// It has been told to end: what it still brings is welcome, but nobody waits for it.
  void leave_lane(ConnectionId connection, TimePoint now);
  /// It brings nothing any more. What waits of it still waits for the others.
  void end_lane(ConnectionId connection, TimePoint now);
  /// Forgets what waits, for want of memory. Whoever is waited for has not been there yet and goes
  /// on; nothing more is expected of those who have.
  void forget_held();

  /// Nothing has been read for that long, so nobody could bring what is waited for.
  void forgive(const StandingStill& pause);

  // Inputs.
  /// `numbering` has a sequence, of the feed.
  [[nodiscard]] JoinFate handle(ConnectionId connection, const Message& message,
                                const Numbering& numbering, TimePoint now);
  /// Of a connection that is no lane any more. A server may be slow to end what it was told to end,
  /// and the connections that are to bring it may not have begun: what follows upon the last number
  /// is delivered. Not where numbers have begun anew: whose these are cannot be known.
  [[nodiscard]] JoinFate handle_gone(ConnectionId connection, const Numbering& numbering,
                                     TimePoint now);
  void handle_timeout(TimePoint now) { release(now); }

  // Outputs.
  /// What has waited and is to be delivered now, in order; to be taken before the next message.
  [[nodiscard]] std::optional<HeldMessage> poll_released();
  [[nodiscard]] bool has_released() const { return !released_.empty(); }
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;

  // Getters.
  /// Nothing is missing before what `connection` brings.
  [[nodiscard]] bool is_proven(ConnectionId connection) const;
  /// The same, though it need not have brought anything yet.
  [[nodiscard]] bool goes_on(ConnectionId connection) const;
  /// One lane is left, nothing waits, and it is not behind: there is nothing to join any more.
  [[nodiscard]] bool is_over() const;
  [[nodiscard]] std::size_t held_bytes() const { return held_bytes_; }
  [[nodiscard]] std::uint64_t duplicates() const { return duplicates_; }

 private:
  struct Lane {
    ConnectionId connection;
    std::uint64_t asked = 0;    // The how many-th request of all.
    std::uint32_t epoch = 0;    // How often the numbers have begun anew.
    std::uint64_t old_end = 0;  // Of an older epoch: where those numbers ended, or later ones.
    std::uint64_t begin = 0;    // Before that it proves nothing.
    std::optional<std::uint64_t> last = {};
    bool is_heard = false;
    bool is_level = false;   // It has come as far as the stream, at some time.
    bool is_placed = false;  // Of which epoch its last number is, is known.
    // It had brought nothing when the epoch began, and only copies since: old numbers, perhaps.
    std::optional<TimePoint> unsure_since = {};
    bool is_joined = false;
    bool is_leaving = false;

    [[nodiscard]] bool is_relied_on() const { return is_joined && !is_leaving; }
    [[nodiscard]] bool goes_on() const {
      return is_relied_on() && (begin == 0 || (last && *last >= begin));
    }
  };
  struct Held {
    HeldMessage message;
    TimePoint since;
  };

  [[nodiscard]] Lane* find(ConnectionId connection);
  [[nodiscard]] const Lane* find(ConnectionId connection) const;
  [[nodiscard]] bool is_stuck(const Lane& lane, const Numbering& numbering, TimePoint now);
  [[nodiscard]] bool is_orphaned(const Lane& lane, const Numbering& numbering, TimePoint now);
  void follow_restart(Lane& lane, const Numbering& numbering, TimePoint now);
  void begin_anew(Lane& lane, TimePoint now);
  [[nodiscard]] bool is_of_old(const Lane& lane, const Numbering& numbering, TimePoint now) const;
  [[nodiscard]] JoinFate judge(Lane& lane, const Message& message, const Numbering& numbering,
                               TimePoint now);
  [[nodiscard]] bool is_next(const Lane& lane, const Numbering& numbering) const;
  void accept(ConnectionId from, const Numbering& numbering, TimePoint now);
  [[nodiscard]] bool have_others_passed(ConnectionId connection, std::uint64_t sequence) const;
  [[nodiscard]] bool may_others_bring(ConnectionId connection, std::uint64_t before) const;
  void release(TimePoint now);
  void queue(HeldMessage message);
  void release(std::map<std::uint64_t, Held>::iterator held, TimePoint now);
  void release_old(const Lane& lane, TimePoint now);
  void forget_held_of(std::optional<ConnectionId> connection);
  void let_go(std::map<std::uint64_t, Held>::iterator held);

  std::vector<Lane> lanes_;
  std::uint32_t epoch_ = 0;
  std::optional<std::uint64_t> last_;   // Delivered.
  std::optional<ConnectionId> leader_;  // Has brought it.
  std::uint64_t leader_asked_ = 0;
  std::uint64_t asked_ = 0;  // So many requests.
  TimePoint last_delivered_at_;
  std::optional<TimePoint> behind_since_;  // Lower numbers come, and from nobody else anything.
  std::optional<TimePoint> stuck_since_;   // Nothing that comes is delivered.
  std::size_t stuck_ = 0;                  // So much of it.
  MissingNumbers given_up_;                // Passed over, though others might have brought it.
  std::map<std::uint64_t, Held> held_;     // By number.
  std::deque<HeldMessage> released_;
  std::size_t held_bytes_ = 0;
  std::uint64_t duplicates_ = 0;
};

}  // namespace wsm
