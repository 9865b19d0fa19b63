#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "base/time.h"
#include "core/health/pause.h"
#include "core/join/alignment.h"
#include "core/join/held_message.h"
#include "core/join/identity_ring.h"

namespace wsm {

/// Makes one stream of the copies of a subscription that several connections bring, where its
/// messages have no numbers.
///
/// Theory. The stream is what has been delivered. Each connection is a *lane*; one that is
/// *aligned* has a place in the stream, and whoever comes first at the end of the stream lengthens
/// it: the others bring the same message later, and it is dropped. A new lane is not aligned: what
/// it brings waits until Alignment has proven where it belongs. Then what the stream has already is
/// dropped, and what it lacks is delivered.
///
/// What waits does not wait for ever. When no aligned lane is left, the best guess is made: as soon
/// as there is one candidate or none, which means that there was a gap, or after kSettle. The same
/// when the aligned lanes are silent for kSettle while a new one is not. What a lane brings first,
/// and no other brings at all, is a snapshot; it is dropped while others serve. So is what a lane
/// has left behind that has ended, once others have gone on for kSettle.
///
/// An aligned lane that brings something else than what stands at its place is not aligned any
/// more.
///
/// Memory: 8 bytes for each message of the stream that a lane has not come to yet, or that came
/// less than kHistory ago, up to twice that; IdentityRing::kCapacity of them at most. And what
/// waits.
///
/// Sans-IO. Cost of a message of an aligned lane: a comparison and a store.
class StreamJoin {
 public:
  /// How long one side may lag behind the other.
  static constexpr Duration kSettle = std::chrono::seconds{5};
  /// So many messages of a lane that never aligns, for the feed repeats itself, wait while others
  /// lead, if the first of them has waited for kWaitingTime: then it begins anew. Each of them
  /// costs a comparison with every new message. A dense feed has more under way when it is only
  /// ahead.
  static constexpr std::size_t kWaitingMax = 4'096;
  static constexpr Duration kWaitingTime = 2 * kSettle;
  /// What a new lane may bring that the others have brought before it came.
  static constexpr Duration kHistory = 2 * kSettle;
  /// So many times a message is looked for with which the stream goes on, where it does not with
  /// the first that waits. Each time costs a walk over all that is remembered.
  static constexpr int kLooksMax = 64;

  /// `serving` has brought the stream so far; `last` is its last message, if that is known.
  StreamJoin(ConnectionId serving, IdentityKind kind, std::optional<Identity> last, Speech speech);

  // Commands.
  void add_lane(ConnectionId connection);
  /// It has been asked once more, and may have missed something before.
  void renew_lane(ConnectionId connection);
  /// It has been told to end: what it still brings is welcome, but nobody waits for it.
  void leave_lane(ConnectionId connection, TimePoint now);
  /// It brings nothing any more. What waits of it still waits for the others.
  void end_lane(ConnectionId connection, TimePoint now);
  /// Forgets what waits, for want of memory: lanes are aligned by what they bring from now on.
  void forget_held(TimePoint now);

  /// Nothing has been read for that long, so nobody could bring what is waited for.
  void forgive(const StandingStill& pause);

  // Inputs.
  [[nodiscard]] JoinFate handle(ConnectionId connection, const Message& message, Identity identity,
                                const Numbering& numbering, TimePoint now);
  void handle_timeout(TimePoint now);

  // Outputs.
  /// What has waited and is to be delivered now, in order; to be taken before the next message.
  [[nodiscard]] std::optional<HeldMessage> poll_released();
  [[nodiscard]] bool has_released() const { return !released_.empty(); }
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;

  // Getters.
  /// It has brought something, and where that stands is certain: nothing is missing before it.
  [[nodiscard]] bool is_proven(ConnectionId connection) const;
  /// The same, though it need not have brought anything yet, and somebody waits for it.
  [[nodiscard]] bool goes_on(ConnectionId connection) const;
  /// One lane is left, nothing waits, and it is not behind: there is nothing to join any more.
  [[nodiscard]] bool is_over() const;
  [[nodiscard]] std::size_t held_bytes() const { return held_bytes_; }
  [[nodiscard]] std::uint64_t remembered() const { return stream_.end() - stream_.begin(); }
  [[nodiscard]] std::uint64_t duplicates() const { return duplicates_; }

 private:
  struct Waiting {
    HeldMessage message;
    Identity identity;
    TimePoint since;
  };
  struct Lane {
    Lane(ConnectionId id, std::uint64_t place) : connection(id), next(place) {}

    ConnectionId connection;
    std::uint64_t next;                    // Place in the stream of its next message, if aligned.
    std::unique_ptr<Alignment> alignment;  // Exists while it is not.
    std::deque<Waiting> waiting;           // The same messages as in the alignment.
    std::optional<std::uint64_t> left_at = {};  // Where it was aligned last, if it was.
    bool is_heard = false;                      // It has brought something.
    bool is_guessed = false;                    // Its place is not certain.
    bool is_speaking = true;                    // If not, nobody waits for it.
    bool is_leaving = false;
    bool is_ended = false;  // It stays until it is known where its messages belong.

    [[nodiscard]] bool is_aligned() const { return alignment == nullptr; }
    [[nodiscard]] bool is_certain() const { return is_aligned() && !is_guessed; }
    [[nodiscard]] bool leads() const {
      return is_aligned() && is_speaking && !is_leaving && !is_ended;
    }
  };

  /// The lane that it speaks on: one that has ended is no longer its own.
  [[nodiscard]] Lane* find(ConnectionId connection);
  [[nodiscard]] const Lane* find(ConnectionId connection) const;
  [[nodiscard]] bool is_led() const;
  [[nodiscard]] JoinFate follow(Lane& lane, Identity identity, TimePoint now);
  void begin_alignment(Lane& lane);
  void extend(Identity identity, TimePoint now);
  void forget_history(TimePoint now);
  void settle(TimePoint now);
  void discard_ended();
  void settle(Lane& lane, TimePoint now);
  void guess(Lane& lane, TimePoint now);
  void align(Lane& lane, std::uint64_t first, TimePoint now);
  void skip_foreign(Lane& lane);
  std::size_t drop_foreign(Lane& lane, std::size_t most);
  void drop_all(Lane& lane);
  [[nodiscard]] std::optional<TimePoint> guess_time(const Lane& lane) const;
  [[nodiscard]] std::optional<TimePoint> drop_time(const Lane& lane) const;
  [[nodiscard]] bool is_passed_over(const Lane& lane, const Waiting& waiting) const;
  [[nodiscard]] std::size_t count_due(const Lane& lane, TimePoint now) const;

  const IdentityKind kind_;
  IdentityRing stream_;
  std::uint64_t recent_ = 0;  // From there on it has come since then.
  TimePoint recent_since_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::deque<HeldMessage> released_;
  TimePoint last_extended_;  // By an aligned lane.
  TimePoint led_until_;      // When the last lane ended that did so.
  std::size_t held_bytes_ = 0;
  std::uint64_t duplicates_ = 0;
};

}  // namespace wsm
