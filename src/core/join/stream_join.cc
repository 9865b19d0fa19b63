#include "core/join/stream_join.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "base/deadline_table.h"

namespace wsm {

StreamJoin::StreamJoin(ConnectionId serving, IdentityKind kind, std::optional<Identity> last,
                       Speech speech)
    : kind_(kind) {
  if (last) stream_.push(*last);
  lanes_.push_back(std::make_unique<Lane>(serving, stream_.end()));
  lanes_.back()->is_speaking = speech == Speech::kSpeaking;
}

void StreamJoin::add_lane(ConnectionId connection) {
  WSM_ASSERT(!find(connection));
  lanes_.push_back(std::make_unique<Lane>(connection, stream_.end()));
  begin_alignment(*lanes_.back());
}

void StreamJoin::renew_lane(ConnectionId connection) {
  Lane& lane = *find(connection);
  if (lane.is_aligned()) begin_alignment(lane);
  lane.left_at.reset();
  lane.is_leaving = false;
}

void StreamJoin::leave_lane(ConnectionId connection, TimePoint now) {
  Lane* lane = find(connection);
  if (!lane) return;
  lane->is_leaving = true;
  if (lane->is_aligned()) led_until_ = now;
  settle(now);
  discard_ended();
}

void StreamJoin::end_lane(ConnectionId connection, TimePoint now) {
  Lane* lane = find(connection);
  if (!lane) return;
  lane->is_ended = true;
  if (lane->is_aligned()) led_until_ = now;
  settle(now);
  discard_ended();
}

void StreamJoin::forget_held(TimePoint now) {
  for (const auto& lane : lanes_) {
    if (lane->is_aligned()) continue;
    if (is_led()) {
      drop_all(*lane);
    } else {
      guess(*lane, now);
    }
  }
  discard_ended();
}

void StreamJoin::forgive(const StandingStill& pause) {
  for (const auto& lane : lanes_) {
    for (Waiting& waiting : lane->waiting) waiting.since = pause.put_off(waiting.since, kSettle);
  }
  last_extended_ = pause.put_off(last_extended_, kSettle);
  led_until_ = pause.put_off(led_until_, kSettle);
}

JoinFate StreamJoin::handle(ConnectionId connection, const Message& message, Identity identity,
                            const Numbering& numbering, TimePoint now) {
  Lane* lane = find(connection);
  if (!lane) return JoinFate::kDrop;  // Others have taken over from it.
  lane->is_speaking = true;
  lane->is_heard = true;
  if (lane->is_aligned()) {
    const JoinFate fate = follow(*lane, identity, now);
    if (fate != JoinFate::kHold) return fate;
    led_until_ = now;
    begin_alignment(*lane);
    lane->left_at = lane->next;
  }
  if (numbering.restarts && is_led()) return JoinFate::kDrop;
  const bool is_too_much =
      lane->waiting.size() >= kWaitingMax && now >= lane->waiting.front().since + kWaitingTime;
  if (is_too_much && is_led()) drop_all(*lane);
  lane->waiting.push_back({HeldMessage{connection, message, numbering}, identity, now});
  held_bytes_ += lane->waiting.back().message.footprint();
  lane->alignment->handle_copy(identity);
  settle(*lane, now);
  return JoinFate::kHold;
}

void StreamJoin::handle_timeout(TimePoint now) {
  settle(now);
  discard_ended();
}

std::optional<HeldMessage> StreamJoin::poll_released() {
  if (released_.empty()) return std::nullopt;
  HeldMessage first = std::move(released_.front());
  released_.pop_front();
  held_bytes_ -= first.footprint();
  return first;
}

std::optional<TimePoint> StreamJoin::next_deadline() const {
  std::optional<TimePoint> next;
  for (const auto& lane : lanes_) {
    if (lane->waiting.empty()) continue;
    next = earliest(next, earliest(guess_time(*lane), drop_time(*lane)));
  }
  return next;
}

bool StreamJoin::is_proven(ConnectionId connection) const {
  const Lane* lane = find(connection);
  return lane && lane->is_heard && lane->is_certain();
}

bool StreamJoin::goes_on(ConnectionId connection) const {
  const Lane* lane = find(connection);
  return lane && lane->is_certain() && lane->leads();
}

bool StreamJoin::is_over() const {
  return lanes_.size() <= 1 && released_.empty() &&
         std::ranges::all_of(lanes_, [&](const auto& lane) {
           return lane->is_aligned() && lane->next == stream_.end();
         });
}

StreamJoin::Lane* StreamJoin::find(ConnectionId connection) {
  return const_cast<Lane*>(std::as_const(*this).find(connection));
}

const StreamJoin::Lane* StreamJoin::find(ConnectionId connection) const {
  for (const auto& lane : lanes_) {
    if (lane->connection == connection && !lane->is_ended) return lane.get();
  }
  return nullptr;
}

/// Whether there is somebody to wait for.
bool StreamJoin::is_led() const {
  return std::ranges::any_of(lanes_, [](const auto& lane) { return lane->leads(); });
}

/// kHold: it does not follow the stream at all.
JoinFate StreamJoin::follow(Lane& lane, Identity identity, TimePoint now) {
  if (lane.next == stream_.end()) {
    ++lane.next;
    last_extended_ = now;
    extend(identity, now);
    settle(now);
    discard_ended();
    return JoinFate::kDeliver;
  }
  const bool is_forgotten = lane.next < stream_.begin();
  if (!is_forgotten && stream_.at(lane.next) != identity) return JoinFate::kHold;
  ++lane.next;
  ++duplicates_;
  return JoinFate::kDrop;
}

void StreamJoin::begin_alignment(Lane& lane) {
  lane.alignment = std::make_unique<Alignment>(stream_, kind_);
  lane.is_guessed = false;
}

void StreamJoin::extend(Identity identity, TimePoint now) {
  stream_.push(identity);
  for (const auto& lane : lanes_) {
    if (!lane->is_aligned()) lane->alignment->handle_stream();
  }
  if (now >= recent_since_ + kHistory) forget_history(now);
}

/// What is old, and no lane is going to bring.
void StreamJoin::forget_history(TimePoint now) {
  recent_since_ = now;
  std::uint64_t needed = std::exchange(recent_, stream_.end());
  for (const auto& lane : lanes_) {
    if (lane->is_aligned()) needed = std::min(needed, lane->next);
    if (!lane->waiting.empty()) needed = std::min(needed, lane->alignment->expected());
  }
  stream_.forget_before(needed);
}

void StreamJoin::settle(TimePoint now) {
  for (const auto& lane : lanes_) {
    if (!lane->is_aligned()) settle(*lane, now);
  }
}

void StreamJoin::discard_ended() {
  std::erase_if(lanes_, [](const auto& lane) { return lane->is_ended && lane->waiting.empty(); });
}

/// What is certain comes before a guess: a snapshot that is dropped in time may leave proof behind.
void StreamJoin::settle(Lane& lane, TimePoint now) {
  const auto is_due = [&](std::optional<TimePoint> time) { return time && now >= *time; };
  if (lane.waiting.empty()) return;
  if (const auto first = lane.alignment->proven()) return align(lane, *first, now);
  const bool is_old = now >= lane.waiting.front().since + kWaitingTime;
  if (is_old && lane.alignment->is_hopeless() && is_led()) return drop_all(lane);
  while (!lane.waiting.empty() && is_due(drop_time(lane))) {
    if (lane.is_ended) return drop_all(lane);
    drop_foreign(lane, count_due(lane, now));
  }
  if (const auto first = lane.alignment->proven()) return align(lane, *first, now);
  if (!lane.waiting.empty() && is_due(guess_time(lane))) guess(lane, now);
}

/// When to guess where `lane` stands: if the others are silent, or have ended. With the stream at
/// its end, no candidate can come any more: one that is alone is the best guess there will be, and
/// none at all means that all of this came after a gap. What an ended lane has left behind waits
/// until the others have ended, too.
std::optional<TimePoint> StreamJoin::guess_time(const Lane& lane) const {
  const TimePoint since = lane.waiting.front().since;
  if (is_led()) {
    if (lane.is_ended || lane.left_at) return std::nullopt;
    return std::max(since, last_extended_) + kSettle;
  }
  if (!lane.alignment->is_ambiguous()) return since;
  return std::max(since, led_until_) + kSettle;
}

/// When to drop the first message of `lane`, which the others did not bring in all that time: it is
/// none of theirs, or older than what they have brought. What a lane has left behind waits no
/// longer than that for its proof either, and goes as a whole.
std::optional<TimePoint> StreamJoin::drop_time(const Lane& lane) const {
  const Waiting& decisive = lane.is_ended ? lane.waiting.back() : lane.waiting.front();
  if (!is_led() || (!lane.is_ended && lane.alignment->likeliest())) return std::nullopt;
  if (!is_passed_over(lane, decisive)) return std::nullopt;
  return decisive.since + kSettle;
}

bool StreamJoin::is_passed_over(const Lane& lane, const Waiting& waiting) const {
  return lane.left_at || last_extended_ > waiting.since;
}

/// How many messages of `lane`, the first ones, are to be dropped as the first is.
std::size_t StreamJoin::count_due(const Lane& lane, TimePoint now) const {
  const auto is_due = [&](const Waiting& waiting) {
    return is_passed_over(lane, waiting) && now >= waiting.since + kSettle;
  };
  const auto first_to_stay = std::ranges::partition_point(lane.waiting, is_due);
  return static_cast<std::size_t>(first_to_stay - lane.waiting.begin());
}

/// Nothing can prove any more where `lane` stands, or nothing is going to.
void StreamJoin::guess(Lane& lane, TimePoint now) {
  lane.is_guessed = true;
  if (!lane.alignment->likeliest()) skip_foreign(lane);
  align(lane, lane.alignment->likeliest().value_or(stream_.end()), now);
}

/// The first message that `lane` holds stands at the place `first` of the stream.
void StreamJoin::align(Lane& lane, std::uint64_t first, TimePoint now) {
  lane.alignment.reset();
  lane.left_at.reset();
  lane.next = first;
  for (Waiting& waiting : std::exchange(lane.waiting, {})) {
    if (lane.next++ < stream_.end()) {
      ++duplicates_;
      held_bytes_ -= waiting.message.footprint();
      continue;
    }
    released_.push_back(std::move(waiting.message));
    extend(waiting.identity, now);
  }
  settle(now);  // It may prove others.
}

/// Nothing of the stream is where `lane` begins; it may be further on, behind a snapshot, or what
/// the stream has missed. That is dropped, but not what may have come after a gap.
void StreamJoin::skip_foreign(Lane& lane) {
  Alignment rest = *lane.alignment;
  std::size_t skipped = 0;
  for (int looks = 0; looks < kLooksMax && rest.size() > 1; ++looks) {
    skipped += rest.drop_foreign(rest.size() - 1);
    const auto place = lane.left_at ? rest.likeliest() : rest.proven();
    if (!place || *place < lane.left_at.value_or(0)) continue;
    while (skipped > 0) skipped -= drop_foreign(lane, skipped);
    return;
  }
}

void StreamJoin::drop_all(Lane& lane) {
  for (const Waiting& waiting : lane.waiting) held_bytes_ -= waiting.message.footprint();
  lane.waiting.clear();
  begin_alignment(lane);
}

/// At least the first message.
std::size_t StreamJoin::drop_foreign(Lane& lane, std::size_t most) {
  const std::size_t dropped = lane.alignment->drop_foreign(most);
  for (std::size_t i = 0; i < dropped; ++i) {
    held_bytes_ -= lane.waiting.front().message.footprint();
    lane.waiting.pop_front();
  }
  return dropped;
}

}  // namespace wsm
