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
  for (auto& [id, entry] : joins_) {
    entry.join.forgive(pause);
    if (auto& until = entry.leaving_until) {
      until = pause.put_off(*until - kLinger, kLinger) + kLinger;
    }
    keep(id, entry);
  }
}

void Joins::begin(SubscriptionId id, ConnectionId fresh, const LastDelivered& last, Speech speech) {
  if (id.value() >= asked_.size()) asked_.resize(id.value() + 1);
  const ConnectionId before = std::exchange(asked_[id.value()], fresh);
  for (const ConnectionId serving : {last.connection.value_or(before), before}) {
    if (serving == fresh || !may_bring(serving)) continue;
    add_lane(id, open(id, serving, speech, last).join, serving);
  }
  const auto entry = joins_.find(id);
  if (entry == joins_.end()) return;
  std::erase(entry->second.leaving, fresh);
  std::erase(entry->second.gone, fresh);
  if (entry->second.join.has_lane(fresh)) return entry->second.join.renew_lane(fresh);
  add_lane(id, entry->second.join, fresh);
}

/// The join of `id`, which is begun with `serving` if there is none.
Joins::Entry& Joins::open(SubscriptionId id, ConnectionId serving, Speech speech,
                          const LastDelivered& last) {
  const auto [entry, is_new] = joins_.try_emplace(id, Entry{Join{serving, speech, last}});
  if (is_new) by_connection_[serving].push_back(id);
  return entry->second;
}

void Joins::add_lane(SubscriptionId id, Join& join, ConnectionId connection) {
  if (join.has_lane(connection)) return;
  join.add_lane(connection);
  by_connection_[connection].push_back(id);
}

void Joins::end_connection(ConnectionId connection, TimePoint now) {
  connections_.erase(connection);
  retired_.erase(connection);
  const auto ids = by_connection_.extract(connection);
  if (ids.empty()) return;
  for (const SubscriptionId id : ids.mapped()) {
    const auto entry = joins_.find(id);
    if (entry == joins_.end() || !entry->second.join.has_lane(connection)) continue;
    entry->second.join.end_lane(connection, clock(now));
    keep(id, entry->second);
    if (entry->second.join.is_over()) forget(entry);
  }
}

void Joins::leave(SubscriptionId id, ShardId shard, TimePoint now) {
  if (id.value() < asked_.size() && asked_[id.value()].shard == shard) asked_[id.value()] = {};
  const auto entry = joins_.find(id);
  if (entry == joins_.end()) return;
  for (const auto& [lane, last_data] : std::vector{entry->second.join.lanes()}) {
    if (lane.shard != shard) continue;
    entry->second.join.leave_lane(lane, clock(now));
    entry->second.leaving.push_back(lane);
    entry->second.leaving_until = clock(now) + kLinger;
  }
  keep(id, entry->second);
}

void Joins::restart(SubscriptionId id) {
  const auto entry = joins_.find(id);
  if (entry == joins_.end()) return;
  entry->second.join.restart();
  entry->second.duplicates = 0;
  keep(id, entry->second);
}

void Joins::end(SubscriptionId id) {
  const auto entry = joins_.find(id);
  if (entry != joins_.end()) forget(entry);
}

JoinFate Joins::handle(SubscriptionId id, ConnectionId connection, const Message& message,
                       const Inspected& data, TimePoint now) {
  const auto place = joins_.find(id);
  if (place == joins_.end()) return JoinFate::kDeliver;
  Entry& entry = place->second;
  if (!entry.join.note_data(connection, now)) {
    const bool is_gone = std::ranges::count(entry.gone, connection) > 0;
    return is_gone ? JoinFate::kDrop : JoinFate::kDeliver;  // Not asked for it by us.
  }
  const JoinFate fate = entry.join.handle(connection, message, data, clock(now));
  keep(id, entry);
  if (held_bytes_ > options_.held_bytes_max) {
    entry.join.forget_held(clock(now));
    keep(id, entry);
  }
  if (entry.join.is_over()) forget(place);  // Its last lane was behind.
  return fate;
}

void Joins::handle_timeout(TimePoint now) {
  if (paused_at_) return;
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    const SubscriptionId id = deadlines_.begin()->second;
    const auto entry = joins_.find(id);
    entry->second.join.handle_timeout(now);
    if (entry->second.leaving_until && now >= *entry->second.leaving_until) {
      end_leaving(entry->second, now);
    }
    keep(id, entry->second);
    if (entry->second.join.is_over()) forget(entry);
  }
}

void Joins::end_leaving(Entry& entry, TimePoint now) {
  entry.leaving_until.reset();
  for (const ConnectionId lane : std::exchange(entry.leaving, {})) {
    entry.join.end_lane(lane, now);
    entry.gone.push_back(lane);
  }
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
    if (entry->second.join.is_over()) forget(entry);
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

/// To be called after each change of a join: carries over what came of it.
void Joins::keep(SubscriptionId id, Entry& entry) {
  const auto deadline = earliest(entry.join.next_deadline(), entry.leaving_until);
  if (deadline != entry.deadline) {
    if (entry.deadline) deadlines_.erase({*entry.deadline, id});
    if (deadline) deadlines_.emplace(*deadline, id);
    entry.deadline = deadline;
  }
  const std::uint64_t duplicates = entry.join.duplicates();
  out_.counters.duplicates_removed += duplicates - std::exchange(entry.duplicates, duplicates);
  held_bytes_ -= std::exchange(entry.held_bytes, entry.join.held_bytes());
  held_bytes_ += entry.held_bytes;
  if (entry.join.has_released() && !std::exchange(entry.has_released, true))
    released_.push_back(id);
}

void Joins::forget(Entries::iterator entry) {
  // Whoever is left goes on, and the next one who is asked joins him.
  for (const auto& [lane, last_data] : entry->second.join.lanes()) {
    const bool is_leaving = std::ranges::count(entry->second.leaving, lane) > 0;
    if (may_bring(lane) && !is_leaving) asked_[entry->first.value()] = lane;
  }
  if (entry->second.deadline) deadlines_.erase({*entry->second.deadline, entry->first});
  held_bytes_ -= entry->second.held_bytes;
  joins_.erase(entry);
  if (joins_.empty()) by_connection_.clear();
}

}  // namespace wsm
