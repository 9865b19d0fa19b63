#include "core/join/number_join.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "core/ledger/continuity.h"

namespace wsm {

NumberJoin::NumberJoin(ConnectionId serving, const LastDelivered& last, Speech speech)
    : last_(last.number), last_delivered_at_(last.at) {
  const bool is_joined = speech == Speech::kSpeaking;
  lanes_.push_back({.connection = serving, .is_joined = is_joined});
  lanes_.back().last = last.connection == serving ? last.number : last.number_of(serving);
  lanes_.back().is_level = last.number && lanes_.back().last == last.number;
  lanes_.back().is_placed = lanes_.back().last.has_value();
  if (last.number) leader_ = last.connection;
}

void NumberJoin::add_lane(ConnectionId connection, std::optional<std::uint64_t> last) {
  WSM_ASSERT(!find(connection));
  lanes_.push_back({.connection = connection,
                    .asked = ++asked_,
                    .epoch = epoch_,
                    .begin = last_.value_or(0),
                    .last = last,
                    .is_level = last && last == last_,
                    .is_placed = last.has_value()});
}

void NumberJoin::renew_lane(ConnectionId connection) {
  Lane& lane = *find(connection);
  lane.is_leaving = false;
  lane.asked = ++asked_;
}

void NumberJoin::leave_lane(ConnectionId connection, TimePoint now) {
  if (Lane* lane = find(connection)) lane->is_leaving = true;
  release(now);
}

void NumberJoin::end_lane(ConnectionId connection, TimePoint now) {
  std::erase_if(lanes_, [&](const Lane& lane) { return lane.connection == connection; });
  release(now);
}

void NumberJoin::forget_held() { forget_held_of(std::nullopt); }

void NumberJoin::forgive(const StandingStill& pause) {
  for (auto& [sequence, held] : held_) held.since = pause.put_off(held.since, kSettle);
  last_delivered_at_ = pause.put_off(last_delivered_at_, kSettle);
  if (behind_since_) behind_since_ = pause.put_off(*behind_since_, kSettle);
  if (stuck_since_) stuck_since_ = pause.put_off(*stuck_since_, kStuck);
  for (Lane& lane : lanes_) {
    auto& since = lane.unsure_since;
    if (since) since = pause.put_off(*since, kSettle);
  }
}

JoinFate NumberJoin::handle(ConnectionId connection, const Message& message,
                            const Numbering& numbering, TimePoint now) {
  Lane* lane = find(connection);
  if (!lane) return JoinFate::kDrop;
  lane->is_heard = true;
  const bool begins_anew = is_orphaned(*lane, numbering, now) || is_stuck(*lane, numbering, now);
  begins_anew ? begin_anew(*lane, now) : follow_restart(*lane, numbering, now);
  const JoinFate fate = judge(*lane, message, numbering, now);
  lane->last = numbering.sequence;
  if (lane->epoch == epoch_ && (!last_ || *lane->last >= *last_)) {
    lane->is_level = true;
    if (fate != JoinFate::kHold) lane->is_placed = true;
  }
  const bool is_queued = fate == JoinFate::kDeliver && (begins_anew || has_released());
  if (is_queued) {
    HeldMessage copy{connection, message, numbering};
    copy.begins_anew = begins_anew && !numbering.restarts;
    queue(std::move(copy));
  }
  release(now);
  return is_queued ? JoinFate::kHold : fate;
}

/// It comes behind what has been released before it.
void NumberJoin::queue(HeldMessage message) {
  held_bytes_ += message.footprint();
  released_.push_back(std::move(message));
}

JoinFate NumberJoin::handle_gone(ConnectionId connection, const Numbering& numbering,
                                 TimePoint now) {
  const bool is_new = last_ && *numbering.sequence > *last_;
  if (epoch_ != 0 || !is_new || !follows(*last_, numbering)) return JoinFate::kDrop;
  accept(connection, numbering, now);
  release(now);
  return JoinFate::kDeliver;
}

std::optional<HeldMessage> NumberJoin::poll_released() {
  if (released_.empty()) return std::nullopt;
  HeldMessage first = std::move(released_.front());
  released_.pop_front();
  held_bytes_ -= first.footprint();
  return first;
}

std::optional<TimePoint> NumberJoin::next_deadline() const {
  if (held_.empty()) return std::nullopt;
  return std::max(held_.begin()->second.since, last_delivered_at_) + kSettle;
}

bool NumberJoin::is_proven(ConnectionId connection) const {
  const Lane* lane = find(connection);
  return lane && lane->is_heard && lane->goes_on();
}

bool NumberJoin::goes_on(ConnectionId connection) const {
  const Lane* lane = find(connection);
  return lane && lane->goes_on();
}

bool NumberJoin::is_over() const {
  const auto is_behind = [this](const Lane& lane) {
    return lane.last && (lane.epoch != epoch_ || (last_ && *lane.last < *last_));
  };
  return lanes_.size() <= 1 && held_.empty() && released_.empty() &&
         std::ranges::none_of(lanes_, is_behind);
}

NumberJoin::Lane* NumberJoin::find(ConnectionId connection) {
  return const_cast<Lane*>(std::as_const(*this).find(connection));
}

const NumberJoin::Lane* NumberJoin::find(ConnectionId connection) const {
  const auto lane = std::ranges::find(lanes_, connection, &Lane::connection);
  return lane == lanes_.end() ? nullptr : &*lane;
}

/// Whether `lane` brings lower numbers than were delivered, and nobody is left who counts like
/// that.
bool NumberJoin::is_orphaned(const Lane& lane, const Numbering& numbering, TimePoint now) {
  if (!last_ || *numbering.sequence >= *last_) return false;
  const bool is_alive = now < last_delivered_at_ + kSettle;
  const auto goes_on = [&](const Lane& other) {
    return other.is_level && (is_alive || !other.is_leaving);
  };
  if (std::ranges::any_of(lanes_, goes_on)) {
    behind_since_.reset();
    return false;
  }
  if (numbering.restarts && !lane.last && lane.asked >= leader_asked_) return true;
  if (!behind_since_) behind_since_ = now;
  return now >= *behind_since_ + kSettle;
}

/// Whether nothing has been delivered for long, though `lane` goes on: whatever its numbers were
/// taken for, they are the only ones that come.
bool NumberJoin::is_stuck(const Lane& lane, const Numbering& numbering, TimePoint now) {
  if (!last_ || lane.is_leaving || *numbering.sequence <= lane.last.value_or(0)) return false;
  if (*numbering.sequence >= *last_ && !is_of_old(lane, numbering, now)) return false;
  if (!stuck_since_) stuck_since_ = now;
  return ++stuck_ > kStuckMax && now >= *stuck_since_ + kStuck;
}

/// Numbers that go back on one connection begin anew. But it only repeats itself if others have
/// come further with the old numbers, and it says nothing of the stream if it has never been part
/// of it.
void NumberJoin::follow_restart(Lane& lane, const Numbering& numbering, TimePoint now) {
  if (!lane.last || *numbering.sequence >= *lane.last) return;
  // Others have said so before.
  if (lane.epoch < epoch_) {
    ++lane.epoch;
    lane.is_placed = lane.epoch == epoch_;  // It may have missed one of several.
    return;
  }
  const auto unsure_since = std::exchange(lane.unsure_since, std::nullopt);
  if (unsure_since && now < *unsure_since + kSettle) return forget_held_of(lane.connection);
  const bool is_foremost = lane.is_joined && (!last_ || *lane.last == *last_);
  const bool is_led = have_others_passed(lane.connection, *numbering.sequence);
  if (is_foremost || !is_led) return begin_anew(lane, now);
  lane.epoch = epoch_ + 1;  // Until it has come as far once more.
  lane.is_level = false;
  lane.begin = last_.value_or(0);
  forget_held_of(lane.connection);
}

void NumberJoin::begin_anew(Lane& lane, TimePoint now) {
  release_old(lane, now);
  const std::uint64_t end = std::max(lane.last.value_or(0), last_.value_or(0));
  for (Lane& other : lanes_) {
    other.is_joined = false;
    other.is_level = false;
    other.begin = 0;
    if (!other.last) {
      other.epoch = epoch_ + 1;
      other.unsure_since = now;
    }
    other.old_end = other.epoch == epoch_ ? end : std::max(other.old_end, end);
  }
  lane.epoch = ++epoch_;
  lane.is_joined = true;
  last_.reset();
  stuck_since_.reset();
  stuck_ = 0;
  given_up_.clear();
}

/// What waits comes before that: nobody can bring any more what is missing there. But not what came
/// from who is new: `lane` would have brought it before, if it were of the old numbers.
void NumberJoin::release_old(const Lane& lane, TimePoint now) {
  for (auto held = held_.begin(); held != held_.end();) {
    Lane* from = find(held->second.message.connection);
    const bool is_new = lane.is_placed && from && !from->is_placed;
    if (is_new) from->epoch = epoch_ + 1;
    const auto next = std::next(held);
    if (!is_new) release(held, now);
    held = next;
  }
}

/// Whether `lane`, of an older epoch, may bring a number of that one: where it goes on, it does;
/// and it is not behind the others by as much as all that has come of the new one.
bool NumberJoin::is_of_old(const Lane& lane, const Numbering& numbering, TimePoint now) const {
  if (lane.epoch >= epoch_ || *numbering.sequence > lane.old_end) return false;
  const bool is_alone = lanes_.size() == 1 && !lane.is_placed;
  if (is_alone || now >= last_delivered_at_ + kSettle)
    return false;  // Nobody else brings anything.
  if (lane.is_placed && lane.last && follows(*lane.last, numbering)) return true;
  return *numbering.sequence > *last_ && !follows(*last_, numbering);
}

JoinFate NumberJoin::judge(Lane& lane, const Message& message, const Numbering& numbering,
                           TimePoint now) {
  const std::uint64_t sequence = *numbering.sequence;
  const bool leads = leader_ == lane.connection;
  if (is_of_old(lane, numbering, now)) return JoinFate::kDrop;
  if (lane.epoch < epoch_ || !last_ || sequence >= *last_) lane.epoch = epoch_;
  if (last_ && sequence <= *last_) {
    lane.is_joined = true;
    // Two messages with one number, of one connection: the feed's own way.
    if (leads && sequence == *last_) return JoinFate::kDeliver;
    if (!given_up_.take(sequence)) ++duplicates_;
    return JoinFate::kDrop;
  }
  // Behind a gap it queues up with what waits, which may be in front of it.
  const bool is_first = held_.empty() && !may_others_bring(lane.connection, sequence);
  if (is_next(lane, numbering) || is_first) {
    // A snapshot passes over what waits, but that has come. A chained message covers it.
    const bool is_covered = last_ && follows(*last_, numbering);
    while (!is_covered && !held_.empty() && held_.begin()->first < sequence) {
      release(held_.begin(), now);
    }
    accept(lane.connection, numbering, now);
    return JoinFate::kDeliver;
  }
  const auto [held, is_new] =
      held_.try_emplace(sequence, Held{HeldMessage{lane.connection, message, numbering}, now});
  if (!is_new) {
    ++duplicates_;
    return JoinFate::kDrop;
  }
  held_bytes_ += held->second.message.footprint();
  return JoinFate::kHold;
}

/// Whether nothing is missing before it. A snapshot of a joined lane needs nothing before it, and
/// neither does what begins the stream.
bool NumberJoin::is_next(const Lane& lane, const Numbering& numbering) const {
  if (last_) return follows(*last_, numbering) || (lane.is_joined && numbering.restarts);
  return lane.is_joined && (held_.empty() || *numbering.sequence < held_.begin()->first);
}

void NumberJoin::accept(ConnectionId from, const Numbering& numbering, TimePoint now) {
  const std::uint64_t sequence = *numbering.sequence;
  const bool is_gap = last_ && !numbering.restarts && !follows(*last_, numbering);
  if (is_gap && !numbering.previous) given_up_.add(*last_ + 1, sequence - 1);
  last_ = sequence;
  last_delivered_at_ = now;
  behind_since_.reset();
  stuck_since_.reset();
  stuck_ = 0;
  leader_ = from;
  if (Lane* lane = find(from)) {
    lane->is_joined = lane->is_placed = true;
    lane->unsure_since.reset();
    leader_asked_ = lane->asked;
  }
}

/// Whether somebody else has come further than `sequence`, with the old numbers.
bool NumberJoin::have_others_passed(ConnectionId connection, std::uint64_t sequence) const {
  return std::ranges::any_of(lanes_, [&](const Lane& lane) {
    return lane.connection != connection && lane.is_relied_on() && lane.last > sequence;
  });
}

/// What is missing in front of the number `before`, which `connection` has brought.
bool NumberJoin::may_others_bring(ConnectionId connection, std::uint64_t before) const {
  return std::ranges::any_of(lanes_, [&](const Lane& lane) {
    return lane.connection != connection && lane.is_relied_on() &&
           (!lane.last || *lane.last < before);
  });
}

void NumberJoin::release(TimePoint now) {
  while (!held_.empty()) {
    const auto front = held_.begin();
    const auto& [sequence, held] = *front;
    if (last_ && sequence <= *last_) {
      ++duplicates_;
      let_go(front);
      continue;
    }
    const bool is_turn = (last_ && follows(*last_, held.message.numbering)) ||
                         !may_others_bring(held.message.connection, sequence) ||
                         now >= *next_deadline();
    if (!is_turn) return;
    release(front, now);
  }
}

void NumberJoin::release(std::map<std::uint64_t, Held>::iterator held, TimePoint now) {
  HeldMessage& message = held->second.message;
  accept(message.connection, message.numbering, now);
  released_.push_back(std::move(message));
  held_.erase(held);
}

/// Of one connection, or of all. Whoever has been past what is forgotten will not bring it again.
void NumberJoin::forget_held_of(std::optional<ConnectionId> connection) {
  std::optional<std::uint64_t> first;
  for (auto held = held_.begin(); held != held_.end();) {
    const auto next = std::next(held);
    if (!connection || held->second.message.connection == *connection) {
      first = first.value_or(held->first);
      let_go(held);
    }
    held = next;
  }
  for (Lane& lane : lanes_) {
    if (first && lane.last && *lane.last >= *first) lane.is_joined = false;
  }
}

void NumberJoin::let_go(std::map<std::uint64_t, Held>::iterator held) {
  held_bytes_ -= held->second.message.footprint();
  held_.erase(held);
}

}  // namespace wsm
