#include "sim/oracle_counters.h"

namespace wsm::sim {

void CounterOracle::handle_event(const EventKind& event) {
  if (std::holds_alternative<event::Connected>(event)) ++connections_;
  if (std::holds_alternative<event::SwitchoverStarted>(event)) ++switchovers_;
  if (std::holds_alternative<event::SwitchoverFinished>(event)) ++switchovers_ended_;
  if (std::holds_alternative<event::RebalanceStarted>(event)) ++rebalances_;
  if (std::holds_alternative<event::HealthFailed>(event)) ++stalls_;
  if (const auto* moved = std::get_if<event::SubscriptionMoved>(&event)) {
    ++(moved->outcome == MoveOutcome::kAbandoned ? moves_abandoned_ : moves_);
    if (moved->outcome == MoveOutcome::kProven) ++moves_proven_;
  }
}

void CounterOracle::check(const Supervisor& core, std::size_t wanted) {
  const MetricsSnapshot snapshot = core.metrics(verdict_.world().now());
  expect("total_subscriptions", snapshot.total_subscriptions, wanted);
  expect("connections", snapshot.counters.connections, connections_);
  expect("hot_switchovers", snapshot.counters.hot_switchovers, switchovers_);
  expect("moves", snapshot.counters.moves, moves_);
  expect("moves_abandoned", snapshot.counters.moves_abandoned, moves_abandoned_);
  expect("rebalances", snapshot.counters.rebalances, rebalances_);
  expect("health_failures", snapshot.counters.health_failures, stalls_);
  std::size_t subscriptions = 0;
  for (const ShardMetrics& shard : snapshot.shards) {
    if (!shard.copy_of) subscriptions += shard.subscriptions;
  }
  expect("subscriptions of all shards", subscriptions, wanted);
  if (switchovers_ended_ > switchovers_) {
    verdict_.fail("counters", "more switchovers have ended than began");
  }
}

void CounterOracle::expect(std::string_view name, std::uint64_t counted, std::uint64_t real) {
  if (counted == real) return;
  verdict_.fail("counters", std::string{name} + " is " + std::to_string(counted) +
                                ", but there were " + std::to_string(real));
}

}  // namespace wsm::sim
