#include "core/rebalance/planner.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "core/rebalance/compaction.h"
#include "core/rebalance/load_scale.h"
#include "core/rebalance/parcels.h"
#include "core/rebalance/settlement.h"

namespace wsm {
namespace {

using Shards = std::vector<const ShardLoad*>;

void check_policy(const RebalancePolicy& policy) {
  WSM_ASSERT(1 <= policy.even_below && policy.even_below <= policy.uneven_above);
  WSM_ASSERT(0 < policy.fill_max && policy.fill_max <= 1);
}

/// Without those that are left as they are, by id: then no order of the input can matter.
Shards list_movable(std::span<const ShardLoad> shards) {
  Shards movable;
  for (const ShardLoad& shard : shards) {
    if (shard.role != ShardRole::kFixed) movable.push_back(&shard);
  }
  std::ranges::sort(movable, {}, &ShardLoad::id);
  return movable;
}

std::vector<Carrier> make_carriers(const Shards& shards, const std::vector<bool>& stays,
                                   const LoadScale& scale) {
  std::vector<Carrier> carriers;
  carriers.reserve(shards.size());
  for (const ShardLoad* shard : shards) {
    Weight weight = 0;
    for (const SubscriptionLoad& load : shard->subscriptions) weight += scale.weight(load);
    carriers.push_back({.id = shard->id,
                        .capacity = shard->capacity,
                        .count = shard->subscriptions.size(),
                        .load = weight,
                        .stays = stays[carriers.size()]});
  }
  return carriers;
}

/// Few messages make any rate look uneven. By count nothing has to be learned.
bool is_known_well(const Shards& shards, std::size_t staying, const RebalancePolicy& policy) {
  if (policy.even_out_by == LoadMeasure::kCount) return true;
  Weight messages = 0;
  for (const ShardLoad* shard : shards) {
    for (const auto& load : shard->subscriptions) messages += thousandths(load.messages_per_second);
  }
  const Weight least = staying * thousandths(policy.messages_per_second_min);
  return messages >= least;
}

/// How to even out `carriers`; none when they are even enough.
std::optional<Evening> plan_evening(const Shards& shards, const std::vector<Carrier>& carriers,
                                    const RebalancePolicy& policy) {
  Weight sum = 0;
  Weight fullest = 0;
  std::size_t staying = 0;
  for (const Carrier& carrier : carriers) {
    if (!carrier.stays) continue;
    sum += carrier.load;
    fullest = std::max(fullest, carrier.load);
    ++staying;
  }
  if (!policy.even_out_by || staying == 0) return std::nullopt;
  const double mean = static_cast<double>(sum) / static_cast<double>(staying);
  if (static_cast<double>(fullest) <= policy.uneven_above * mean) return std::nullopt;
  if (!is_known_well(shards, staying, policy)) return std::nullopt;
  return Evening{.even_load = static_cast<Weight>(policy.even_below * mean)};
}

/// Whether all moves have room at once: none counts on room that only another makes.
bool have_room_in_any_order(std::span<const RebalanceMove> moves, std::span<const Carrier> before) {
  std::vector<std::size_t> arrivals(before.size(), 0);
  for (const RebalanceMove& move : moves) {
    const auto to = std::ranges::lower_bound(before, move.to, {}, &Carrier::id);
    const auto index = static_cast<std::size_t>(to - before.begin());
    if (to->count + ++arrivals[index] > to->capacity) return false;
  }
  return true;
}

std::vector<RebalanceMove> urgent_first(std::span<const RebalanceMove> moves) {
  std::vector<RebalanceMove> sorted;
  sorted.reserve(moves.size());
  for (const auto reason : {MoveReason::kEvacuate, MoveReason::kCompact, MoveReason::kEvenOut}) {
    const auto is_for_it = [reason](const RebalanceMove& move) { return move.reason == reason; };
    std::ranges::copy_if(moves, std::back_inserter(sorted), is_for_it);
  }
  return sorted;
}

}  // namespace

RebalancePlan plan_rebalance(std::span<const ShardLoad> shards, const RebalancePolicy& policy) {
  check_policy(policy);
  const Shards movable = list_movable(shards);
  const LoadScale scale{policy.even_out_by, movable};
  const auto carriers =
      make_carriers(movable, choose_shards_to_keep(movable, policy.fill_max), scale);

  std::vector<Parcel> parcels = list_homeless(movable, carriers, scale);
  parcels.resize(std::min(parcels.size(), policy.moves_max));
  sort_for_settling(parcels);
  Settled settled = settle(carriers, parcels, {});

  // Only then is it known whether the shards are uneven. If so, all is settled anew, for nothing
  // lighter may go before something heavier.
  if (auto evening = plan_evening(movable, settled.carriers, policy); evening) {
    evening->moves_max = policy.moves_max - parcels.size();
    const auto residents = list_residents(movable, carriers, scale);
    parcels.insert(parcels.end(), residents.begin(), residents.end());
    sort_for_settling(parcels);
    settled = settle(carriers, parcels, *evening);
  }

  const bool may_reorder = have_room_in_any_order(settled.moves, carriers);
  RebalancePlan plan{.moves = may_reorder ? urgent_first(settled.moves) : std::move(settled.moves),
                     .closable = {}};
  for (const Carrier& carrier : settled.carriers) {
    if (!carrier.stays && carrier.count == 0) plan.closable.push_back(carrier.id);
  }
  return plan;
}

}  // namespace wsm
