// What a Shard tells about itself.

#include "core/shard/shard.h"

namespace wsm {

bool Shard::is_live() const {
  return active_ && active_->batcher && active_->batcher->is_settled();
}

ShardStanding Shard::standing() const {
  if (is_ending()) {
    return ShardStanding::kEnding;
  }
  if (is_suspended_) return ShardStanding::kSuspended;
  if (failures_ > 0) return ShardStanding::kDoubtful;
  if (status_ == ShardStatus::kLive) return ShardStanding::kDependable;
  return has_been_open_ ? ShardStanding::kDoubtful : ShardStanding::kOpening;
}

std::optional<ConnectionId> Shard::serving() const {
  if (status_ != ShardStatus::kLive) return std::nullopt;
  return id_of(*active_);
}

std::size_t Shard::requested_count() const {
  return active_ && active_->batcher ? active_->batcher->requested_count() : 0;
}

SubscriptionCounts Shard::subscription_counts(TimePoint now) const {
  SubscriptionCounts counts;
  if (active_ && active_->tracker) {
    counts = active_->tracker->counts();
    // It also knows what its server has not been told the end of yet, and what another line was
    // refused.
    const auto leave_out = [&](SubscriptionId id) {
      const auto known = active_->tracker->state(id, now);
      if (known) --count_of(counts, known->status);
    };
    for (const SubscriptionId id : leaving_) leave_out(id);
    for (const auto& [id, rejection] : rejected_.all()) leave_out(id);
  }
  counts.rejected = rejected_.size();
  return counts;
}

std::size_t Shard::open_connections() const {
  std::size_t count = 0;
  for (const Line* line : lines()) count += line->connection.is_open() ? 1 : 0;
  return count;
}

Traffic Shard::traffic() const {
  Traffic total = past_traffic_;
  for (const Line* line : lines()) total += line->connection.traffic();
  return total;
}

ShardMetrics Shard::metrics(TimePoint now) const {
  const Traffic total = traffic();
  ShardMetrics metrics;
  metrics.shard_id = id_;
  metrics.status = status_;
  metrics.subscriptions = desired_.size();
  metrics.is_connected = status_ == ShardStatus::kLive;
  metrics.generation = active_ ? active_->generation : generation_;
  metrics.attempt = failures_;
  if (metrics.is_connected) metrics.uptime = now - *active_->connection.opened_at();
  if (total.last_message_at) metrics.since_last_message = now - *total.last_message_at;
  metrics.messages_received = total.messages_received;
  metrics.bytes_received = total.bytes_received;
  metrics.messages_per_second = message_rate_.per_second(total.messages_received, now);
  metrics.bytes_per_second = byte_rate_.per_second(total.bytes_received, now);
  metrics.last_close_code = last_close_code_;
  return metrics;
}

}  // namespace wsm
