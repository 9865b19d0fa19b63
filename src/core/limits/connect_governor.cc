#include "core/limits/connect_governor.h"

#include "base/assert.h"

namespace wsm {

ConnectGovernor::ConnectGovernor(const Options& options)
    : connections_max_(options.connections_max) {
  WSM_ASSERT(connections_max_ != 0U);
  if (options.connects) window_.emplace(*options.connects);
}

bool ConnectGovernor::ask(ShardId shard, ConnectUrgency urgency, TimePoint now) {
  const bool is_first =
      restoring_.empty() && (urgency == ConnectUrgency::kRestore || renewing_.empty());
  if (is_first && may_give(now)) {
    ++permits_;
    return true;
  }
  (urgency == ConnectUrgency::kRestore ? restoring_ : renewing_).push_back(shard);
  return false;
}

void ConnectGovernor::withdraw(ShardId shard) {
  std::erase(restoring_, shard);
  std::erase(renewing_, shard);
}

void ConnectGovernor::handle_dialed(TimePoint now) {
  WSM_ASSERT(permits_ > 0);
  --permits_;
  ++dialed_;
  if (window_) window_->take(now);
}

void ConnectGovernor::handle_unused() {
  WSM_ASSERT(permits_ > 0);
  --permits_;
}

void ConnectGovernor::handle_closed() {
  WSM_ASSERT(dialed_ > 0);
  --dialed_;
}

std::optional<ShardId> ConnectGovernor::take_permit(TimePoint now) {
  if (waiting() == 0 || !may_give(now)) return std::nullopt;
  auto& queue = restoring_.empty() ? renewing_ : restoring_;
  const ShardId shard = queue.front();
  queue.pop_front();
  ++permits_;
  return shard;
}

std::optional<TimePoint> ConnectGovernor::next_deadline() const {
  return waiting() > 0 && has_connection() ? next_slot() : std::nullopt;
}

bool ConnectGovernor::has_room() const {
  return !connections_max_ || connections() + waiting() < *connections_max_;
}

bool ConnectGovernor::has_slot(TimePoint now) const {
  const auto slot = next_slot();
  return waiting() == 0 && slot && *slot <= now;
}

bool ConnectGovernor::has_connection() const {
  return !connections_max_ || connections() < *connections_max_;
}

/// None while all slots are held by permits that have not been dialed.
std::optional<TimePoint> ConnectGovernor::next_slot() const {
  constexpr TimePoint kAtOnce{};
  if (!window_) return kAtOnce;
  if (permits_ >= window_->count()) return std::nullopt;
  return window_->earliest(kAtOnce, permits_);
}

bool ConnectGovernor::may_give(TimePoint now) const {
  const auto slot = next_slot();
  return has_connection() && slot && *slot <= now;
}

}  // namespace wsm
