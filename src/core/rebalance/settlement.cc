#include "core/rebalance/settlement.h"

#include <algorithm>
#include <functional>
#include <set>
#include <tuple>
#include <utility>

namespace wsm {
namespace {

/// The carriers with room, lightest first; of equals the one with fewer subscriptions, then the
/// older one.
class Takers {
 public:
  explicit Takers(std::vector<Carrier>& carriers) : carriers_(carriers) {
    for (std::uint32_t i = 0; i < carriers.size(); ++i) insert(i);
  }

  [[nodiscard]] bool are_none() const { return by_load_.empty(); }
  [[nodiscard]] std::uint32_t lightest() const { return std::get<2>(*by_load_.begin()); }

  void change(std::uint32_t index, std::size_t count, Weight load) {
    by_load_.erase(key(index));
    carriers_[index].count = count;
    carriers_[index].load = load;
    insert(index);
  }

 private:
  using Key = std::tuple<Weight, std::size_t, std::uint32_t>;

  [[nodiscard]] Key key(std::uint32_t index) const {
    return {carriers_[index].load, carriers_[index].count, index};
  }
  void insert(std::uint32_t index) {
    if (carriers_[index].has_room()) by_load_.insert(key(index));
  }

  std::vector<Carrier>& carriers_;
  std::set<Key> by_load_;
};

}  // namespace

void sort_for_settling(std::vector<Parcel>& parcels) {
  std::ranges::sort(parcels, [](const Parcel& a, const Parcel& b) {
    return std::tie(b.weight, a.reason, b.rest, a.id) < std::tie(a.weight, b.reason, a.rest, b.id);
  });
}

Settled settle(std::vector<Carrier> carriers, std::span<const Parcel> parcels,
               const Evening& evening) {
  Settled settled{.carriers = std::move(carriers), .moves = {}};
  Takers takers{settled.carriers};
  std::size_t evened = 0;
  for (const Parcel& parcel : parcels) {
    if (takers.are_none()) break;
    const Carrier& from = settled.carriers[parcel.carrier];
    const Carrier& to = settled.carriers[takers.lightest()];
    if (parcel.reason == MoveReason::kEvenOut) {
      const bool has_too_much = from.load > evening.even_load;
      const bool improves = to.load + parcel.weight < from.load;
      if (!has_too_much || !improves || evened == evening.moves_max) continue;
      ++evened;
    }
    settled.moves.push_back(
        {.subscription = parcel.id, .from = from.id, .to = to.id, .reason = parcel.reason});
    takers.change(takers.lightest(), to.count + 1, to.load + parcel.weight);
    takers.change(parcel.carrier, from.count - 1, from.load - parcel.weight);
  }
  return settled;
}

}  // namespace wsm
