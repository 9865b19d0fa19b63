#include "core/join/join.h"

#include <algorithm>

#include "base/overloaded.h"
#include "core/join/payload_hash.h"

namespace wsm {
namespace {

bool has_number(const Inspected& data) {
  return data.numbering.sequence && data.numbering.scope == NumberingScope::kFeed;
}

}  // namespace

template <class Asking, class Default>
auto Join::ask(Asking asking, Default otherwise) const {
  return std::visit(Overloaded{[&](const std::monostate&) -> Default { return otherwise; },
                               [&](const auto& way) -> Default { return asking(way); }},
                    way_);
}

template <class Telling>
void Join::tell(Telling telling) {
  std::visit(Overloaded{[](std::monostate&) {}, [&](auto& way) { telling(way); }}, way_);
}

void Join::add_lane(ConnectionId connection) {
  lanes_.push_back({connection});
  tell([&](auto& way) { way.add_lane(connection); });
}

void Join::renew_lane(ConnectionId connection) {
  find(connection)->is_leaving = false;
  tell([&](auto& way) { way.renew_lane(connection); });
}

void Join::leave_lane(ConnectionId connection, TimePoint now) {
  if (has_served_first(connection)) speech_ = Speech::kSilent;
  find(connection)->is_leaving = true;
  tell([&](auto& way) { way.leave_lane(connection, now); });
}

void Join::end_lane(ConnectionId connection, TimePoint now) {
  if (has_served_first(connection)) speech_ = Speech::kSilent;
  std::erase_if(lanes_, [&](const Lane& lane) { return lane.connection == connection; });
  tell([&](auto& way) { way.end_lane(connection, now); });
}

void Join::forget_held(TimePoint now) {
  std::visit(Overloaded{[](std::monostate&) {}, [](NumberJoin& way) { way.forget_held(); },
                        [now](StreamJoin& way) { way.forget_held(now); }},
             way_);
}

void Join::restart() {
  way_.emplace<std::monostate>();
  last_ = {};
  for (Lane& lane : lanes_) lane.last_data.reset();
}

void Join::forgive(const StandingStill& pause) {
  tell([&](auto& way) { way.forgive(pause); });
}

bool Join::note_data(ConnectionId connection, TimePoint now) {
  Lane* lane = find(connection);
  if (lane) lane->last_data = now;
  return lane != nullptr;
}

JoinFate Join::handle(ConnectionId connection, const Message& message, const Inspected& data,
                      TimePoint now) {
  if (std::holds_alternative<std::monostate>(way_)) choose_way(data, now);
  if (auto* numbers = std::get_if<NumberJoin>(&way_)) {
    if (has_number(data)) return numbers->handle(connection, message, data.numbering, now);
    return is_first_to_stay(connection) ? JoinFate::kDeliver : JoinFate::kDrop;
  }
  const auto& key = data.numbering.key;
  const Identity identity = key ? *key : hash_payload(message.bytes());
  return std::get<StreamJoin>(way_).handle(connection, message, identity, data.numbering, now);
}

JoinFate Join::handle_gone(ConnectionId connection, const Inspected& data, TimePoint now) {
  if (!has_number(data) || lanes_.empty()) return JoinFate::kDrop;
  if (std::holds_alternative<std::monostate>(way_)) choose_way(data, now);
  auto* const numbers = std::get_if<NumberJoin>(&way_);
  return numbers ? numbers->handle_gone(connection, data.numbering, now) : JoinFate::kDrop;
}

void Join::handle_timeout(TimePoint now) {
  tell([&](auto& way) { way.handle_timeout(now); });
}

std::optional<HeldMessage> Join::poll_released() {
  std::optional<HeldMessage> released;
  tell([&](auto& way) { released = way.poll_released(); });
  return released;
}

bool Join::has_released() const {
  return ask([](const auto& way) { return way.has_released(); }, false);
}

std::optional<TimePoint> Join::next_deadline() const {
  return ask([](const auto& way) { return way.next_deadline(); }, std::optional<TimePoint>{});
}

bool Join::has_lane(ConnectionId connection) const {
  return std::ranges::find(lanes_, connection, &Lane::connection) != lanes_.end();
}

bool Join::is_proven(ConnectionId connection) const {
  return ask([&](const auto& way) { return way.is_proven(connection); }, false);
}

bool Join::goes_on(ConnectionId connection) const {
  const bool has_served = speech_ == Speech::kSpeaking && has_served_first(connection);
  return ask([&](const auto& way) { return way.goes_on(connection); }, has_served);
}

std::optional<TimePoint> Join::last_data(ConnectionId connection) const {
  const auto lane = std::ranges::find(lanes_, connection, &Lane::connection);
  return lane == lanes_.end() ? std::nullopt : lane->last_data;
}

bool Join::is_over() const {
  return ask([](const auto& way) { return way.is_over(); }, lanes_.size() <= 1);
}

std::size_t Join::held_bytes() const {
  return ask([](const auto& way) { return way.held_bytes(); }, std::size_t{0});
}

std::uint64_t Join::duplicates() const {
  return ask([](const auto& way) { return way.duplicates(); }, std::uint64_t{0});
}

Join::Lane* Join::find(ConnectionId connection) {
  const auto lane = std::ranges::find(lanes_, connection, &Lane::connection);
  return lane == lanes_.end() ? nullptr : &*lane;
}

bool Join::has_served_first(ConnectionId connection) const {
  return !lanes_.empty() && lanes_.front().connection == connection;
}

/// Or the first of all, if none stays.
bool Join::is_first_to_stay(ConnectionId connection) const {
  const auto lane = std::ranges::find(lanes_, false, &Lane::is_leaving);
  return lane == lanes_.end() ? has_served_first(connection) : lane->connection == connection;
}

void Join::choose_way(const Inspected& data, TimePoint now) {
  const ConnectionId serving = lanes_.front().connection;
  if (has_number(data)) {
    way_.emplace<NumberJoin>(serving, last_, speech_);
  } else {
    const auto kind = data.numbering.key ? IdentityKind::kKey : IdentityKind::kPayload;
    way_.emplace<StreamJoin>(serving, kind, last_.key, speech_);
  }
  for (auto lane = lanes_.begin() + 1; lane != lanes_.end(); ++lane) {
    const ConnectionId other = lane->connection;
    std::visit(Overloaded{[](std::monostate&) {},
                          [&](NumberJoin& way) { way.add_lane(other, last_.number_of(other)); },
                          [&](StreamJoin& way) { way.add_lane(other); }},
               way_);
  }
  for (const Lane& lane : lanes_) {
    if (lane.is_leaving) tell([&](auto& way) { way.leave_lane(lane.connection, now); });
  }
}

}  // namespace wsm
