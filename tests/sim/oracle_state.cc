#include "sim/oracle_state.h"

namespace wsm::sim {

void StateOracle::handle_event(const EventKind& event) {
  if (const auto* changed = std::get_if<event::SubscriptionsChanged>(&event)) {
    handle(*changed);
  } else if (const auto* removed = std::get_if<event::SubscriptionsRemoved>(&event)) {
    handle(*removed);
  } else if (const auto* handed = std::get_if<event::SubscriptionsHandedOver>(&event)) {
    handle(*handed);
  } else if (const auto* opened = std::get_if<event::ShardOpened>(&event)) {
    shards_[opened->shard] = {};
    shards_[opened->shard].copy_of = opened->copy_of;
  } else if (const auto* closed = std::get_if<event::ShardClosed>(&event)) {
    shards_.erase(closed->shard);
  } else if (const auto* connected = std::get_if<event::Connected>(&event)) {
    handle(*connected);
  } else if (const auto* retired = std::get_if<event::ConnectionRetired>(&event)) {
    leave(retired->shard, retired->generation);
  } else if (const auto* gone = std::get_if<event::Disconnected>(&event)) {
    leave(gone->shard, gone->generation);
    carried_.erase({gone->shard, gone->generation});
  } else if (const auto* begun = std::get_if<event::SwitchoverStarted>(&event)) {
    shards_[begun->shard].is_switching = true;
  } else if (const auto* finished = std::get_if<event::SwitchoverFinished>(&event)) {
    handle(*finished);
  }
}

void StateOracle::handle(const event::SubscriptionsChanged& changed) {
  for (const SubscriptionName& name : changed.subscriptions) {
    if (changed.generation) {
      auto& carried = carried_[{changed.shard, *changed.generation}];
      if (changed.status == SubscriptionStatus::kDesired) {
        carried.erase(name.id);
      } else {
        carried[name.id] = changed.status;
      }
    } else {
      const auto before = desired_.find(name.id);
      const bool is_elsewhere = before != desired_.end() && before->second.shard != changed.shard;
      if (is_elsewhere) forget_handed_over(name.id);
      desired_[name.id] = {changed.shard, changed.status == SubscriptionStatus::kRejected};
    }
  }
}

void StateOracle::handle(const event::SubscriptionsRemoved& removed) {
  for (const SubscriptionName& name : removed.subscriptions) {
    desired_.erase(name.id);
    forget_handed_over(name.id);
  }
}

void StateOracle::handle(const event::SubscriptionsHandedOver& handed) {
  for (const SubscriptionName& name : handed.subscriptions) {
    shards_[handed.shard].handed_over[name.id] = handed.generation;
  }
}

void StateOracle::forget_handed_over(Topic topic) {
  for (auto& [id, shard] : shards_) shard.handed_over.erase(topic);
}

void StateOracle::handle(const event::Connected& connected) {
  Shard& shard = shards_[connected.shard];
  (shard.is_switching ? shard.standby : shard.serving) = connected.generation;
}

void StateOracle::handle(const event::SwitchoverFinished& finished) {
  Shard& shard = shards_[finished.shard];
  shard.is_switching = false;
  shard.handed_over.clear();
  if (has_taken_over(finished.outcome)) shard.serving = shard.standby;
  shard.standby.reset();
}

void StateOracle::leave(ShardId id, Generation generation) {
  const auto shard = shards_.find(id);
  if (shard == shards_.end()) return;
  if (shard->second.serving == generation) shard->second.serving.reset();
  if (shard->second.standby == generation) shard->second.standby.reset();
}

/// The word of the shard that it is known to be on, unless a copy of that one has it live.
SubscriptionStatus StateOracle::status_of(Topic topic, const Standing& standing) const {
  for (const auto& [id, shard] : shards_) {
    const bool is_copy = shard.copy_of == standing.shard;
    if (is_copy && carried_status(topic, id) == SubscriptionStatus::kLive) {
      return SubscriptionStatus::kLive;
    }
  }
  if (standing.is_rejected) return SubscriptionStatus::kRejected;
  return carried_status(topic, standing.shard);
}

SubscriptionStatus StateOracle::carried_status(Topic topic, ShardId id) const {
  const auto shard = shards_.find(id);
  if (shard == shards_.end() || !shard->second.serving) return SubscriptionStatus::kDesired;
  const auto handed = shard->second.handed_over.find(topic);
  const bool is_handed = handed != shard->second.handed_over.end();
  const auto carried = carried_.find({id, is_handed ? handed->second : *shard->second.serving});
  if (carried == carried_.end()) return SubscriptionStatus::kDesired;
  const auto status = carried->second.find(topic);
  return status == carried->second.end() ? SubscriptionStatus::kDesired : status->second;
}

void StateOracle::check(const Supervisor& core) {
  const TimePoint now = verdict_.world().now();
  const MetricsSnapshot snapshot = core.metrics(now);
  if (snapshot.total_subscriptions != desired_.size()) {
    fail(std::to_string(desired_.size()) + " subscriptions are desired by the events, " +
         std::to_string(snapshot.total_subscriptions) + " by the manager");
  }
  for (const auto& [topic, standing] : desired_) {
    const auto state = core.subscription_state(topic, now);
    if (!state || state->shard != standing.shard || state->status != status_of(topic, standing)) {
      return fail(name_of(topic) + " is " + std::string{to_string(status_of(topic, standing))} +
                  " on shard " + std::to_string(standing.shard.value()) + " by the events, " +
                  (state ? std::string{to_string(state->status)} + " on shard " +
                               std::to_string(state->shard.value())
                         : std::string{"unknown"}) +
                  " to the manager");
    }
  }
  for (const ShardMetrics& shard : snapshot.shards) {
    const auto known = shards_.find(shard.shard_id);
    if (known == shards_.end() || known->second.serving.has_value() != shard.is_connected) {
      return fail("shard " + std::to_string(shard.shard_id.value()) + " is " +
                  std::string{to_string(shard.status)} + ", which the events do not say");
    }
  }
  if (shards_.size() != snapshot.shards.size()) fail("the events know other shards");
}

}  // namespace wsm::sim
