#include "core/limits/source_addresses.h"

#include <algorithm>
#include <iterator>

#include "base/assert.h"

namespace wsm {

SourceAddresses::SourceAddresses(std::size_t addresses, std::size_t shards_each)
    : shards_each_(addresses == 0 ? kUnbounded : shards_each),
      shards_(std::max(addresses, std::size_t{1})) {}

SourceIndex SourceAddresses::take() {
  const auto emptiest = std::ranges::min_element(shards_);
  WSM_ASSERT(*emptiest < shards_each_);
  ++*emptiest;
  return static_cast<SourceIndex>(std::distance(shards_.begin(), emptiest));
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
