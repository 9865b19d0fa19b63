#include "core/limits/connect_governor.h"

#include <algorithm>

#include "base/assert.h"
#include "base/deadline_table.h"
#include "core/limits/own_connect_slots.h"

namespace wsm {

ConnectGovernor::ConnectGovernor(const Options& options, ConnectSlotsBySource slots)
    : connections_max_(options.connections_max), sources_(options.sources) {
  WSM_ASSERT(connections_max_ != 0U);
  WSM_ASSERT(!sources_.empty());
  WSM_ASSERT(slots.empty() || slots.size() == sources_.size());
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    sources_[i].slots =
        slots.empty() ? std::make_shared<OwnConnectSlots>(options.connects) : std::move(slots[i]);
  }
}

bool ConnectGovernor::ask(ShardId shard, SourceIndex source, ConnectUrgency urgency,
                          TimePoint now) {
  const bool is_given = !is_behind(source, urgency) && has_connection() && give(source, now);
  if (!is_given) enqueue({shard, source}, urgency);
  leave_lines();
  return is_given;
}

void ConnectGovernor::withdraw(ShardId shard) {
  for (auto* queue : {&restoring_, &renewing_}) {
    std::erase_if(*queue, [&](const Waiting& waiting) {
      if (waiting.shard != shard) return false;
      note_left(waiting, *queue);
      return true;
    });
  }
  leave_lines();
}

void ConnectGovernor::handle_connecting(SourceIndex source, TimePoint now) {
  WSM_ASSERT(permits_ > 0);
  --permits_;
  ++connects_;
  sources_[source].slots->connect(now);
}

void ConnectGovernor::handle_unused(SourceIndex source) {
  WSM_ASSERT(permits_ > 0);
  --permits_;
  sources_[source].slots->give_back();
}

void ConnectGovernor::handle_closed() {
  WSM_ASSERT(connects_ > 0);
  --connects_;
}

std::optional<ShardId> ConnectGovernor::take_permit(TimePoint now) {
  leave_lines();
  if (waiting() == 0 || !has_connection()) return std::nullopt;
  if (const auto shard = take_from(restoring_, now)) return shard;
  return may_renew() ? take_from(renewing_, now) : std::nullopt;
}

std::optional<TimePoint> ConnectGovernor::next_deadline() const {
  std::optional<TimePoint> next;
  for (const Source& source : sources_) {
    if (!wants_slot(source)) continue;
    // Who has not asked does not stand in line, and is not told when others give back theirs.
    next = earliest(next, source.is_refused ? source.slots->next_slot() : TimePoint{});
  }
  return next;
}

bool ConnectGovernor::has_room() const {
  return !connections_max_ || connections() + waiting() < *connections_max_;
}

bool ConnectGovernor::has_slot(SourceIndex index, TimePoint now) const {
  const Source& source = sources_[index];
  if (source.restoring + source.renewing > 0) return false;
  const auto slot = source.slots->next_slot();
  return slot && *slot <= now;
}

void ConnectGovernor::enqueue(const Waiting& waiting, ConnectUrgency urgency) {
  const bool restores = urgency == ConnectUrgency::kRestore;
  (restores ? restoring_ : renewing_).push_back(waiting);
  Source& source = sources_[waiting.source];
  ++(restores ? source.restoring : source.renewing);
}

/// Whether others wait for the same: a slot of `source`, or a connection.
bool ConnectGovernor::is_behind(SourceIndex index, ConnectUrgency urgency) const {
  const Source& source = sources_[index];
  const std::size_t restoring = connections_max_ ? restoring_.size() : source.restoring;
  const std::size_t renewing = connections_max_ ? renewing_.size() : source.renewing;
  return restoring > 0 || (urgency == ConnectUrgency::kRenew && renewing > 0);
}

std::optional<ShardId> ConnectGovernor::take_from(std::deque<Waiting>& queue, TimePoint now) {
  const auto next = std::ranges::find_if(
      queue, [&](const Waiting& waiting) { return give(waiting.source, now); });
  if (next == queue.end()) return std::nullopt;
  const Waiting taken = *next;
  note_left(taken, queue);
  queue.erase(next);
  return taken.shard;
}

/// The last connections belong to those that wait with nothing live.
bool ConnectGovernor::may_renew() const {
  return !connections_max_ || connections() + restoring_.size() < *connections_max_;
}

bool ConnectGovernor::has_connection() const {
  return !connections_max_ || connections() < *connections_max_;
}

/// Whether anybody would use a slot of `source`.
bool ConnectGovernor::wants_slot(const Source& source) const {
  return has_connection() && (source.restoring > 0 || (source.renewing > 0 && may_renew()));
}

/// A permit, if there is a slot for it.
bool ConnectGovernor::give(SourceIndex index, TimePoint now) {
  Source& source = sources_[index];
  source.is_refused = !source.slots->reserve(now);
  if (source.is_refused) return false;
  ++permits_;
  return true;
}

/// Who would use no slot must not stand before others that would.
void ConnectGovernor::leave_lines() {
  for (Source& source : sources_) {
    if (wants_slot(source)) continue;
    source.slots->withdraw();
    source.is_refused = false;
  }
}

void ConnectGovernor::note_left(const Waiting& waiting, const std::deque<Waiting>& queue) {
  Source& source = sources_[waiting.source];
  --(&queue == &restoring_ ? source.restoring : source.renewing);
}

}  // namespace wsm
