// What the shards carry is spread anew: plan_rebalance() says how, and each move is a move().

#include <algorithm>
#include <utility>
#include <vector>

#include "core/rebalance/planner.h"
#include "core/supervisor/supervisor.h"

namespace wsm {

Result<std::size_t> Supervisor::rebalance(TimePoint now) {
  if (auto error = refusal()) return Failure{*std::move(error)};
  if (!rebalancing_.is_under_way()) begin_rebalance(now);
  return rebalancing_.left();
}

void Supervisor::begin_rebalance(TimePoint now) {
  RebalancePlan plan = plan_rebalance(loads(now), policy_);
  if (plan.is_empty()) {
    rebalancing_.handle_balanced(now);
    if (measures_rates_) note_imbalance(now);  // They may change though nothing else does.
    return;
  }
  ++out_.counters.rebalances;
  out_.events.emplace_back(event::RebalanceStarted{plan.moves.size(), plan.closable.size()});
  for (const ShardId id : plan.closable) {
    if (placement_->knows(id)) placement_->exclude(id);  // Nothing new is to begin there.
  }
  rebalancing_.begin(std::move(plan), now);
  go_on_rebalancing(now);
}

void Supervisor::note_imbalance(TimePoint now) {
  if (status_ != SupervisorStatus::kRunning || !config_.manager().auto_rebalance) return;
  rebalancing_.handle_changed(now);
}

void Supervisor::look_after_balance(TimePoint now) {
  const bool has_changed = std::exchange(has_standing_changed_, false);
  if (status_ != SupervisorStatus::kRunning) return;
  if (has_changed) note_imbalance(now);
  if (rebalancing_.is_under_way()) {
    go_on_rebalancing(now);
  } else if (rebalancing_.is_due(now)) {
    begin_rebalance(now);
  }
}

/// Begins what may begin, and ends what is done.
void Supervisor::go_on_rebalancing(TimePoint now) {
  while (const auto next = rebalancing_.next()) {
    const auto& [id, from, to, reason] = *next;
    if (book_.shard_of(id) != from || moves_.find(id)) {
      rebalancing_.handle_needless();
    } else if (placement_->knows(to) && !placement_->has_room(to)) {
      rebalancing_.handle_no_room();
      break;
    } else if (carry_over_refused(id, from, to, now)) {
      rebalancing_.handle_needless();
    } else if (move(id, to, now)) {
      rebalancing_.handle_begun();
    } else {
      rebalancing_.handle_impossible();
    }
  }
  if (auto result = rebalancing_.take_result(now)) finish_rebalance(*result, now);
}

/// What the server has refused has no data to lose, and nothing could be proven of it.
bool Supervisor::carry_over_refused(SubscriptionId id, ShardId from, ShardId to, TimePoint now) {
  Shard* carrier = find(from);
  Shard* target = find(to);
  if (!carrier->rejection(id) || !target || target->is_ending()) return false;
  carry_over(id, *carrier, *target, now);
  close_if_empty(*carrier, now);
  return true;
}

void Supervisor::finish_rebalance(const Rebalancing::Result& result, TimePoint now) {
  out_.events.emplace_back(result.told);
  for (const ShardId id : result.closable) {
    Shard* shard = find(id);
    if (!shard || shard->is_ending()) continue;
    if (standing_of(id) != ShardStanding::kSuspended) placement_->readmit(id);
    if (shard->desired().empty()) close_unneeded(*shard, now);
  }
  note_imbalance(now);
}

/// What the planner is told. Only what serves and stays as it is for now gives and takes.
std::vector<ShardLoad> Supervisor::loads(TimePoint now) const {
  std::vector<ShardLoad> loads;
  const std::set<ShardId> restless = restless_shards(now);
  for (const auto& [id, slot] : shards_) {
    const Shard& shard = *slot.shard;
    if (shard.is_ending() || copies_.is_copy(id)) continue;
    const bool is_open = shard.standing() == ShardStanding::kDependable && !shard.is_switching() &&
                         !restless.contains(id);
    ShardLoad load{id,
                   shard_capacity_ - std::min(shard.guests().size(), shard_capacity_),
                   is_open ? ShardRole::kOpen : ShardRole::kFixed,
                   {}};
    for (const SubscriptionId subscription : shard.residents()) {
      const SubscriptionRate rate = rates_.rate(subscription, now);
      load.subscriptions.push_back({subscription, rate.messages_per_second, rate.bytes_per_second});
    }
    loads.push_back(std::move(load));
  }
  return loads;
}

/// Those that carry something which has been silent not long ago.
std::set<ShardId> Supervisor::restless_shards(TimePoint now) const {
  std::set<ShardId> shards;
  for (const auto& [silence, redrive] : redrives_) {
    if (!redrive.is_at_rest(now)) shards.insert(*book_.shard_of(silence.first));
  }
  return shards;
}

RebalancePolicy Supervisor::policy_from(const ManagerOptions& options) {
  RebalancePolicy policy{.even_out_by = options.rebalance_by};
  if (options.shard_selection_strategy == ShardSelectionStrategy::kSequential) {
    policy.even_out_by.reset();
  }
  return policy;
}

}  // namespace wsm
