#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/rng.h"
#include "venue/topic.h"

namespace wsm::venue {

/// The order in which topics get their messages: rounds, in each of which every topic has its turn
/// once, shuffled anew. So no topic is ever quiet for two whole rounds, and still nothing is
/// regular.
class TopicRounds {
 public:
  TopicRounds(std::size_t count, std::uint64_t seed);

  [[nodiscard]] TopicId next();

 private:
  void shuffle();

  SeededRng rng_;
  std::vector<TopicId> round_;
  std::size_t taken_ = 0;
};

}  // namespace wsm::venue
