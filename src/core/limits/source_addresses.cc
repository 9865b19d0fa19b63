#include "core/limits/source_addresses.h"

#include <algorithm>
#include <ranges>
#include <tuple>

#include "base/assert.h"

namespace wsm {

SourceAddresses::SourceAddresses(std::size_t addresses, std::size_t shards_each)
    : shards_each_(addresses == 0 ? kUnbounded : shards_each),
      shards_(std::max(addresses, std::size_t{1})) {}

SourceIndex SourceAddresses::take(std::span<const SourceIndex> avoided) {
  const auto rank = [&](SourceIndex source) {
    const bool is_avoided = std::ranges::find(avoided, source) != avoided.end();
    return std::tuple{shards_[source] >= shards_each_, is_avoided, shards_[source]};
  };
  const auto sources = std::views::iota(SourceIndex{0}, shards_.size());
  const SourceIndex chosen = *std::ranges::min_element(sources, {}, rank);
  WSM_ASSERT(shards_[chosen] < shards_each_);
  ++shards_[chosen];
  return chosen;
}

void SourceAddresses::give_back(SourceIndex source) {
  WSM_ASSERT(shards_.at(source) > 0);
  --shards_[source];
}

std::size_t SourceAddresses::room() const {
  std::size_t room = 0;
  for (const std::size_t shards : shards_) {
    const std::size_t left = shards_each_ - shards;
    room = left > kUnbounded - room ? kUnbounded : room + left;
  }
  return room;
}

}  // namespace wsm
