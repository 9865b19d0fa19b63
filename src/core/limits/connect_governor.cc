#include "core/limits/connect_governor.h"

#include <algorithm>

#include "base/assert.h"

namespace wsm {

ConnectGovernor::ConnectGovernor(const Options& options)
    : connections_max_(options.connections_max), sources_(options.sources) {
  WSM_ASSERT(connections_max_ != 0U);
  WSM_ASSERT(!sources_.empty());
  for (Source& source : sources_) {
    if (options.connects) source.window.emplace(*options.connects);
  }
}

bool ConnectGovernor::ask(ShardId shard, SourceIndex source, ConnectUrgency urgency,
                          TimePoint now) {
  if (is_behind(source, urgency) || !may_give(source, now)) {
    enqueue({shard, source}, urgency);
    return false;
  }
  ++permits_;
  ++sources_[source].permits;
  return true;
}

void ConnectGovernor::withdraw(ShardId shard) {
  for (auto* queue : {&restoring_, &renewing_}) {
    std::erase_if(*queue, [&](const Waiting& waiting) {
      if (waiting.shard != shard) return false;
      note_left(waiting, *queue);
      return true;
    });
  }
}

void ConnectGovernor::handle_connecting(SourceIndex index, TimePoint now) {
  Source& source = sources_[index];
  WSM_ASSERT(source.permits > 0);
  --source.permits;
  --permits_;
  ++connects_;
  if (source.window) source.window->take(now);
}

void ConnectGovernor::handle_unused(SourceIndex source) {
  WSM_ASSERT(sources_[source].permits > 0);
  --sources_[source].permits;
  --permits_;
}

void ConnectGovernor::handle_closed() {
  WSM_ASSERT(connects_ > 0);
  --connects_;
}

std::optional<ShardId> ConnectGovernor::take_permit(TimePoint now) {
  if (waiting() == 0 || !has_connection()) return std::nullopt;
  if (const auto shard = take_from(restoring_, now)) return shard;
  return may_renew() ? take_from(renewing_, now) : std::nullopt;
}

std::optional<TimePoint> ConnectGovernor::next_deadline() const {
  std::optional<TimePoint> next;
  if (!has_connection()) return next;
  for (const Source& source : sources_) {
    if (source.restoring == 0 && (source.renewing == 0 || !may_renew())) continue;
    if (const auto slot = next_slot(source); slot && (!next || *slot < *next)) next = slot;
  }
  return next;
}

bool ConnectGovernor::has_room() const {
  return !connections_max_ || connections() + waiting() < *connections_max_;
}

bool ConnectGovernor::has_slot(SourceIndex index, TimePoint now) const {
  const Source& source = sources_[index];
  const auto slot = next_slot(source);
  return source.restoring + source.renewing == 0 && slot && *slot <= now;
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
      queue, [&](const Waiting& waiting) { return may_give(waiting.source, now); });
  if (next == queue.end()) return std::nullopt;
  const Waiting taken = *next;
  note_left(taken, queue);
  queue.erase(next);
  ++permits_;
  ++sources_[taken.source].permits;
  return taken.shard;
}

/// The last connections belong to those that wait with nothing live.
bool ConnectGovernor::may_renew() const {
  return !connections_max_ || connections() + restoring_.size() < *connections_max_;
}

bool ConnectGovernor::has_connection() const {
  return !connections_max_ || connections() < *connections_max_;
}

std::optional<TimePoint> ConnectGovernor::next_slot(const Source& source) {
  constexpr TimePoint kAtOnce{};
  if (!source.window) return kAtOnce;
  if (source.permits >= source.window->count()) return std::nullopt;
  return source.window->earliest(kAtOnce, source.permits);
}

bool ConnectGovernor::may_give(SourceIndex source, TimePoint now) const {
  const auto slot = next_slot(sources_[source]);
  return has_connection() && slot && *slot <= now;
}

void ConnectGovernor::note_left(const Waiting& waiting, const std::deque<Waiting>& queue) {
  Source& source = sources_[waiting.source];
  --(&queue == &restoring_ ? source.restoring : source.renewing);
}

}  // namespace wsm
