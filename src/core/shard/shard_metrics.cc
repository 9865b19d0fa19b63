// What a Shard tells about itself.

#include <algorithm>
#include <iterator>

#include "core/shard/shard.h"

namespace wsm {

bool Shard::is_live() const {
  if (!active_ || !active_->batcher) return false;
  return active_->batcher->is_settled() || std::ranges::all_of(desired_, [this](SubscriptionId id) {
           return guests_.contains(id) || rejected_.contains(id) || requested_at(id);
         });
}

std::vector<SubscriptionId> Shard::residents() const {
  std::vector<SubscriptionId> residents;
  std::ranges::set_difference(desired_, guests_, std::back_inserter(residents));
  return residents;
}

std::optional<TimePoint> Shard::requested_at(SubscriptionId id) const {
  const Line* carrier = carrier_of(id);
  return carrier && carrier->batcher ? carrier->batcher->requested_at(id) : std::nullopt;
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

std::optional<ConnectionId> Shard::carrying(SubscriptionId id) const {
  if (status_ != ShardStatus::kLive) return std::nullopt;
  return id_of(*carrier_of(id));
}

bool Shard::is_answer_awaited(SubscriptionId id) const {
  const Line* carrier = carrier_of(id);
  return carrier && carrier->tracker && carrier->tracker->is_answer_awaited(id);
}

std::size_t Shard::requested_count() const {
  if (!active_ || !active_->batcher) return 0;
  const auto is_requested = [this](SubscriptionId id) { return requested_at(id).has_value(); };
  const auto guests = static_cast<std::size_t>(std::ranges::count_if(guests_, is_requested));
  const auto elsewhere =
      static_cast<std::size_t>(std::ranges::count_if(handed_over_, is_requested));
  return active_->batcher->requested_count() + elsewhere - guests;
}

SubscriptionCounts Shard::subscription_counts(TimePoint now) const {
  SubscriptionCounts counts;
  if (!handed_over_.empty()) {
    for (const SubscriptionId id : residents()) ++count_of(counts, state(id, now, now).status);
    counts.desired = 0;
    return counts;
  }
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
    for (const SubscriptionId id : guests_) {
      if (!rejected_.contains(id)) leave_out(id);
    }
  }
  const auto is_rejected = [this](SubscriptionId id) { return rejected_.contains(id); };
  const auto guests = static_cast<std::size_t>(std::ranges::count_if(guests_, is_rejected));
  counts.rejected = rejected_.size() - guests;
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
  if (copies_.is_copy(id_)) metrics.copy_of = copies_.original_of(id_);
  metrics.status = status_;
  metrics.subscriptions = desired_.size() - guests_.size();
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
  for (const Line* line : lines())
    metrics.compression_bytes += line->connection.compression_bytes();
  return metrics;
}

}  // namespace wsm
