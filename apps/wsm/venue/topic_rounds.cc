#include "venue/topic_rounds.h"

#include <utility>

#include "base/assert.h"

namespace wsm::venue {

TopicRounds::TopicRounds(std::size_t count, std::uint64_t seed) : rng_(seed) {
  WSM_ASSERT(count > 0 && count <= kTopicsMax);
  for (std::uint32_t index = 0; index < count; ++index) round_.emplace_back(index);
  shuffle();
}

TopicId TopicRounds::next() {
  if (taken_ == round_.size()) {
    shuffle();
    taken_ = 0;
  }
  return round_[taken_++];
}

// Fisher and Yates, written out: std::shuffle may differ from one library to the next, and a seed
// must mean the same everywhere.
void TopicRounds::shuffle() {
  for (std::size_t left = round_.size(); left > 1; --left) {
    std::swap(round_[left - 1], round_[rng_.below(left)]);
  }
}

}  // namespace wsm::venue
