#include "core/rebalance/parcels.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <tuple>

namespace wsm {
namespace {

bool is_heavier(const Parcel& a, const Parcel& b) {
  return std::tie(b.weight, a.id) < std::tie(a.weight, b.id);
}

}  // namespace

std::vector<Parcel> list_homeless(std::span<const ShardLoad* const> shards,
                                  std::span<const Carrier> carriers, const LoadScale& scale) {
  std::vector<Parcel> parcels;
  for (std::uint32_t i = 0; i < shards.size(); ++i) {
    if (carriers[i].stays) continue;
    const bool is_evacuated = shards[i]->role == ShardRole::kEvacuated;
    const auto reason = is_evacuated ? MoveReason::kEvacuate : MoveReason::kCompact;
    for (const SubscriptionLoad& load : shards[i]->subscriptions) {
      parcels.push_back(
          {.id = load.id, .carrier = i, .reason = reason, .weight = scale.weight(load)});
    }
  }
  const auto turn = [&](const Parcel& parcel) {
    const bool is_evacuated = parcel.reason == MoveReason::kEvacuate;
    return is_evacuated ? std::tuple{parcel.reason, std::size_t{0}, std::uint32_t{0}}
                        : std::tuple{parcel.reason, carriers[parcel.carrier].count, parcel.carrier};
  };
  std::ranges::sort(parcels, [&](const Parcel& a, const Parcel& b) {
    const auto turn_of_a = turn(a);
    const auto turn_of_b = turn(b);
    return turn_of_a == turn_of_b ? is_heavier(a, b) : turn_of_a < turn_of_b;
  });
  return parcels;
}

std::vector<Parcel> list_residents(std::span<const ShardLoad* const> shards,
                                   std::span<const Carrier> carriers, const LoadScale& scale) {
  std::vector<Parcel> all;
  std::vector<Parcel> of_one;
  for (std::uint32_t i = 0; i < shards.size(); ++i) {
    if (!carriers[i].stays) continue;
    of_one.clear();
    for (const SubscriptionLoad& load : shards[i]->subscriptions) {
      if (!scale.is_worth_moving(load)) continue;
      of_one.push_back({.id = load.id,
                        .carrier = i,
                        .reason = MoveReason::kEvenOut,
                        .weight = scale.weight(load)});
    }
    std::ranges::sort(of_one, is_heavier);
    Weight rest = carriers[i].load;
    for (Parcel& parcel : of_one) parcel.rest = rest -= parcel.weight;
    all.insert(all.end(), of_one.begin(), of_one.end());
  }
  return all;
}

}  // namespace wsm
