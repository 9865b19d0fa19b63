#include "core/join/joins.h"

#include <algorithm>
#include <utility>

#include "base/deadline_table.h"

namespace wsm {

void Joins::pause(TimePoint now) {
  if (!paused_at_) paused_at_ = now;
}

void Joins::resume(TimePoint now) {
  if (!paused_at_) return;
  const StandingStill pause{now - *std::exchange(paused_at_, std::nullopt), now};
  stood_still_ += pause.lasted;
  for (auto& [id, entry] : joins_) {
    entry.join.forgive(pause);
    for (auto& [lane, until] : entry.leaving) {
      if (until) until = pause.put_off(*until - kLinger, kLinger) + kLinger;
    }
    keep(id, entry);
  }
}

void Joins::begin(SubscriptionId id, ConnectionId fresh, const LastDelivered& last, Speech speech,
                  TimePoint now) {
  const Asked before = std::exchange(asked(id), {fresh});
  if (const auto ended = told_.find(fresh); ended != told_.end()) ended->second.erase(id);
  for (const auto& serving : who_goes_on(id, fresh, before.connection, last)) {
    if (!serving) continue;
    Entry& entry = open(id, *serving, speech, last);
    add_lane(id, entry.join, *serving);
    if (before.is_leaving && *serving == before.connection) leave_lane(entry, *serving, now);
  }
  join_told(id, last, now);
  const auto entry = joins_.find(id);
  if (entry == joins_.end()) return;
  std::erase_if(entry->second.leaving, [&](const Leaving& it) { return it.lane == fresh; });
  std::erase(entry->second.gone, fresh);
  if (entry->second.join.has_lane(fresh)) return entry->second.join.renew_lane(fresh);
  add_lane(id, entry->second.join, fresh);
}

std::optional<ConnectionId> Joins::serving(SubscriptionId id, ConnectionId fresh,
                                           const LastDelivered& last) const {
  const ConnectionId asked =
      id.value() < asked_.size() ? asked_[id.value()].connection : ConnectionId{};
  const auto [first, second] = who_goes_on(id, fresh, asked, last);
  return first ? first : second;
}

/// Beside `fresh`: who has brought the last message, and who was asked last, if they may.
std::array<std::optional<ConnectionId>, 2> Joins::who_goes_on(SubscriptionId id, ConnectionId fresh,
                                                              ConnectionId asked,
                                                              const LastDelivered& last) const {
  const auto if_it_may = [&](ConnectionId one) {
    const bool may = one != fresh && may_go_on(id, one);
    return may ? std::optional{one} : std::nullopt;
  };
  return {if_it_may(last.connection.value_or(asked)), if_it_may(asked)};
}

/// Who has brought the last message, and been told to end since, may have more under way.
void Joins::join_told(SubscriptionId id, const LastDelivered& last, TimePoint now) {
  const auto told = last.connection ? told_at(id, *last.connection) : std::nullopt;
  if (!told || awake(now) >= *told + kLinger || joins_.contains(id)) return;
  Entry& entry = open(id, *last.connection, Speech::kSilent, last);
  entry.join.leave_lane(*last.connection, clock(now));
  entry.leaving.push_back({*last.connection, *told + kLinger + stood_still_});
  keep(id, entry);
}

/// The join of `id`, which is begun with `serving` if there is none.
Joins::Entry& Joins::open(SubscriptionId id, ConnectionId serving, Speech speech,
                          const LastDelivered& last) {
  const auto [entry, is_new] = joins_.try_emplace(id, Entry{Join{serving, speech, last}});
  if (is_new) by_connection_[serving].insert(id);
  return entry->second;
}

void Joins::add_lane(SubscriptionId id, Join& join, ConnectionId connection) {
  if (join.has_lane(connection)) return;
  join.add_lane(connection);
  by_connection_[connection].insert(id);
}

void Joins::leave_lane(Entry& entry, ConnectionId lane, TimePoint now) {
  if (is_leaving(entry, lane)) return;
  entry.join.leave_lane(lane, clock(now));
  entry.leaving.push_back({lane});
}

bool Joins::may_go_on(SubscriptionId id, ConnectionId connection) const {
  return may_bring(connection) && !told_at(id, connection);
}

std::optional<TimePoint> Joins::told_at(SubscriptionId id, ConnectionId connection) const {
  const auto told = told_.find(connection);
  if (told == told_.end()) return std::nullopt;
  const auto at = told->second.find(id);
  return at == told->second.end() ? std::nullopt : std::optional{at->second};
}

Joins::Asked& Joins::asked(SubscriptionId id) {
  if (id.value() >= asked_.size()) asked_.resize(id.value() + 1);
  return asked_[id.value()];
}

void Joins::end_connection(ConnectionId connection, TimePoint now) {
  connections_.erase(connection);
  retired_.erase(connection);
  told_.erase(connection);
  const auto ids = by_connection_.extract(connection);
  if (ids.empty()) return;
  for (const SubscriptionId id : ids.mapped()) {
    const auto entry = joins_.find(id);
    if (entry == joins_.end()) continue;
    std::erase(entry->second.gone, connection);
    std::erase_if(entry->second.leaving, [&](const Leaving& it) { return it.lane == connection; });
    if (!entry->second.join.has_lane(connection)) continue;
    entry->second.join.end_lane(connection, clock(now));
    keep(id, entry->second);
    if (is_over(entry->second)) forget(entry);
  }
}

void Joins::leave(SubscriptionId id, ShardId shard, TimePoint now) {
  leave_if(
      id, [shard](ConnectionId lane) { return lane.shard == shard; }, now);
}

void Joins::leave(SubscriptionId id, ConnectionId connection, TimePoint now) {
  leave_if(
      id, [connection](ConnectionId lane) { return lane == connection; }, now);
}

template <class Predicate>
void Joins::leave_if(SubscriptionId id, Predicate is_to_leave, TimePoint now) {
  if (is_to_leave(asked(id).connection)) asked(id).is_leaving = true;
  const auto entry = joins_.find(id);
  if (entry == joins_.end()) return;
  for (const auto& [lane, last_data, is_gone] : std::vector{entry->second.join.lanes()}) {
    if (is_to_leave(lane)) leave_lane(entry->second, lane, now);
  }
  keep(id, entry->second);
}

void Joins::handle_told(SubscriptionId id, ConnectionId connection, TimePoint now) {
  if (asked(id).is_leaving && asked(id).connection == connection) asked(id) = {};
  if (may_bring(connection)) told_[connection].try_emplace(id, awake(now));
  const auto entry = joins_.find(id);
  if (entry == joins_.end()) return;
  for (auto& [lane, until] : entry->second.leaving) {
    if (lane == connection && !until) until = clock(now) + kLinger;
  }
  keep(id, entry->second);
}

void Joins::restart(SubscriptionId id, TimePoint now) {
  asked(id).is_leaving = true;
  const auto entry = joins_.find(id);
  if (entry == joins_.end()) return;
  entry->second.join.restart();
  for (const auto& [lane, last_data, is_gone] : std::vector{entry->second.join.lanes()}) {
    leave_lane(entry->second, lane, now);
  }
  entry->second.tally = {};
  keep(id, entry->second);
}

void Joins::end(SubscriptionId id) {
  const auto entry = joins_.find(id);
  if (entry != joins_.end()) forget(entry);
  asked(id) = {};
}

JoinFate Joins::handle(SubscriptionId id, ConnectionId connection, const Message& message,
                       const Inspected& data, TimePoint now) {
  const auto place = joins_.find(id);
  if (place == joins_.end()) return JoinFate::kDeliver;
  Entry& entry = place->second;
  const bool is_lane = entry.join.note_data(connection, now);
  if (!is_lane && std::ranges::find(entry.gone, connection) == entry.gone.end()) {
    return JoinFate::kDeliver;  // Not asked for it by us.
  }
  const JoinFate fate = is_lane ? entry.join.handle(connection, message, data, clock(now))
                                : entry.join.handle_gone(connection, data, clock(now));
  if (fate == JoinFate::kHold) {
    ++entry.tally.held;
    ++out_.counters.messages_held;
  }
  keep(id, entry);
  if (held_bytes_ > options_.held_bytes_max) {
    entry.join.forget_held(clock(now));
    keep(id, entry);
  }
  if (is_over(entry)) forget(place);  // Its last lane was behind.
  return fate;
}

void Joins::handle_timeout(TimePoint now) {
  if (paused_at_) return;
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    const SubscriptionId id = deadlines_.begin()->second;
    const auto entry = joins_.find(id);
    entry->second.join.handle_timeout(now);
    end_leaving(entry->second, now);
    keep(id, entry->second);
    if (is_over(entry->second)) forget(entry);
  }
}

void Joins::end_leaving(Entry& entry, TimePoint now) {
  std::erase_if(entry.leaving, [&](const Leaving& it) {
    if (!it.until || now < *it.until) return false;
    entry.join.end_lane(it.lane, now);
    entry.gone.push_back(it.lane);
    return true;
  });
}

bool Joins::is_over(const Entry& entry) { return entry.join.is_over() && entry.leaving.empty(); }

bool Joins::is_leaving(const Entry& entry, ConnectionId lane) {
  return std::ranges::find(entry.leaving, lane, &Leaving::lane) != entry.leaving.end();
}

std::optional<Joins::Released> Joins::poll_released() {
  while (!released_.empty()) {
    const SubscriptionId id = released_.back();
    const auto entry = joins_.find(id);
    if (entry == joins_.end()) {
      released_.pop_back();
      continue;
    }
    if (auto message = entry->second.join.poll_released()) {
      keep(id, entry->second);
      return Released{id, *std::move(message)};
    }
    released_.pop_back();
    entry->second.has_released = false;
    if (is_over(entry->second)) forget(entry);
  }
  return std::nullopt;
}

std::optional<TimePoint> Joins::next_deadline() const {
  return paused_at_ || deadlines_.empty() ? std::nullopt : std::optional{deadlines_.begin()->first};
}

bool Joins::is_proven(SubscriptionId id, ConnectionId connection) const {
  const auto entry = joins_.find(id);
  return entry != joins_.end() && entry->second.join.is_proven(connection);
}

bool Joins::is_covered_without(SubscriptionId id, ConnectionId connection,
                               std::optional<TimePoint> heard_since) const {
  const auto entry = joins_.find(id);
  if (entry == joins_.end()) return false;
  const Join& join = entry->second.join;
  return std::ranges::any_of(join.lanes(), [&](const Join::Lane& lane) {
    const ConnectionId other = lane.connection;
    if (other == connection || retired_.contains(other) || !join.goes_on(other)) return false;
    return !heard_since || lane.last_data >= heard_since;
  });
}

std::optional<TimePoint> Joins::last_data(SubscriptionId id, ConnectionId connection) const {
  const auto entry = joins_.find(id);
  return entry == joins_.end() ? std::nullopt : entry->second.join.last_data(connection);
}

JoinTally Joins::tally(SubscriptionId id) const {
  const auto entry = joins_.find(id);
  return entry == joins_.end() ? JoinTally{} : entry->second.tally;
}

/// To be called after each change of a join: carries over what came of it.
void Joins::keep(SubscriptionId id, Entry& entry) {
  auto deadline = entry.join.next_deadline();
  for (const auto& [lane, until] : entry.leaving) deadline = earliest(deadline, until);
  if (deadline != entry.deadline) {
    if (entry.deadline) deadlines_.erase({*entry.deadline, id});
    if (deadline) deadlines_.emplace(*deadline, id);
    entry.deadline = deadline;
  }
  const std::uint64_t duplicates = entry.join.duplicates();
  out_.counters.duplicates_removed +=
      duplicates - std::exchange(entry.tally.duplicates, duplicates);
  held_bytes_ -= std::exchange(entry.held_bytes, entry.join.held_bytes());
  held_bytes_ += entry.held_bytes;
  if (entry.join.has_released() && !std::exchange(entry.has_released, true))
    released_.push_back(id);
}

void Joins::forget_lane(SubscriptionId id, ConnectionId lane) {
  const auto ids = by_connection_.find(lane);
  if (ids != by_connection_.end()) ids->second.erase(id);
}

void Joins::forget(Entries::iterator entry) {
  // Whoever is left goes on, and the next one who is asked joins him.
  for (const auto& [lane, last_data, is_gone] : entry->second.join.lanes()) {
    if (may_bring(lane) && !is_leaving(entry->second, lane)) asked(entry->first) = {lane};
    forget_lane(entry->first, lane);
  }
  for (const ConnectionId lane : entry->second.gone) forget_lane(entry->first, lane);
  if (entry->second.deadline) deadlines_.erase({*entry->second.deadline, entry->first});
  held_bytes_ -= entry->second.held_bytes;
  joins_.erase(entry);
}

}  // namespace wsm
