#include "sim/oracle_recovery.h"

namespace wsm::sim {
namespace {

std::string not_live(const Supervisor& core, TimePoint now) {
  std::string text = "the core does not call itself live:";
  for (const ShardMetrics& shard : core.metrics(now).shards) {
    text += ' ' + std::to_string(shard.shard_id.value()) + ' ' +
            std::string{to_string(shard.status)} + ',';
  }
  const auto next = core.next_deadline();
  return text + " next deadline in " +
         (next ? std::to_string((*next - now).count()) : std::string{"never"});
}

}  // namespace

void RecoveryOracle::await(const Supervisor& core, Duration bound) {
  World& world = verdict_.world();
  const TimePoint since = world.now();
  if (world.run_until([&] { return !find_fault(core, since); }, bound)) return;
  verdict_.fail("recovery", find_fault(core, since).value_or("too late"));
}

std::optional<std::string> RecoveryOracle::find_fault(const Supervisor& core, TimePoint since) {
  if (!core.is_live()) return not_live(core, verdict_.world().now());
  if (auto fault = placement_.find_unsettled()) return fault;
  return freshness_.find_stale(since);
}

}  // namespace wsm::sim
