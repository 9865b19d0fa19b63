#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/rebalance/load_scale.h"
#include "core/rebalance/rebalance_plan.h"

namespace wsm {

/// A shard, as the plan in the making sees it.
struct Carrier {
  ShardId id;
  std::size_t capacity = 0;
  std::size_t count = 0;
  Weight load = 0;
  bool stays = false;  // Takes others, and is not emptied.

  [[nodiscard]] bool has_room() const { return stays && count < capacity; }
};

/// A subscription that has to move, or that may.
struct Parcel {
  SubscriptionId id;
  std::uint32_t carrier = 0;  // An index.
  MoveReason reason = MoveReason::kEvacuate;
  Weight weight = 1;
  Weight rest = 0;  // What its carrier has when it has left, and those before it.
};

/// Evening out: of carriers with more than `even_load`, at most `moves_max` times.
struct Evening {
  Weight even_load = 0;
  std::size_t moves_max = 0;
};

struct Settled {
  std::vector<Carrier> carriers;  // After all moves.
  std::vector<RebalanceMove> moves;
};

/// Heaviest first; of equals the more urgent first, and then those of the fullest carrier.
void sort_for_settling(std::vector<Parcel>& parcels);

/// Gives parcels a carrier, one after the other, in the order of sort_for_settling().
///
/// The taker is always the lightest carrier with room. What has to move goes there at once; there
/// may be no room. What only may (kEvenOut) goes if its carrier has more than `even_load` and has
/// more than the taker will have: then the move has brought the two nearer to each other.
///
/// Heaviest first is more than the well-known rule for packing well (longest processing time
/// first, Graham 1969). It makes one pass enough, and a second one would do nothing:
///
/// - The load of the lightest carrier with room never falls. The taker gets heavier. The giver
///   may have room again, but it stays heavier than the taker was.
/// - So when a carrier has taken z, it never has more than z above the lightest from then on: it
/// was
///   the lightest itself, and the lightest only rises.
/// - So nothing that it has taken improves anything when it is moved on, for it was at least as
///   heavy as z; and neither does a heavier one that was passed over before it took z.
/// - What was passed over on a carrier that took nothing since improves nothing now, for
///   its carrier has only lost and the lightest has only gained.
///
/// Hence each parcel moves once at the most, nothing goes to and fro, and a pass that was cut off
/// by `moves_max` is continued by the next as if it had not been.
///
/// Cost: O(n log m) for n parcels and m carriers.
[[nodiscard]] Settled settle(std::vector<Carrier> carriers, std::span<const Parcel> parcels,
                             const Evening& evening);

}  // namespace wsm
