#pragma once

#include <cstddef>
#include <map>

#include <wsm/types.h>

namespace wsm {

/// What each shard may still bring while there is no room for messages, so that pings are answered
/// and closes are seen behind a handler that is slow.
///
/// The bound is soft by what one read brings. A message counts for its memory in the queue besides
/// its bytes, or a flood of empty ones would be for nothing.
class ReadingReserve {
 public:
  static constexpr std::size_t kMessageBytes = 128;

  explicit ReadingReserve(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // Commands.
  void refill() { taken_.clear(); }

  // Inputs.
  /// `shard` has brought so much. Returns whether it may bring more.
  [[nodiscard]] bool take(ShardId shard, std::size_t messages, std::size_t bytes) {
    std::size_t& taken = taken_[shard];
    taken += bytes + messages * kMessageBytes;
    return taken < bytes_max_;
  }

  // Getters.
  [[nodiscard]] bool is_none() const { return bytes_max_ == 0; }

 private:
  const std::size_t bytes_max_;
  std::map<ShardId, std::size_t> taken_;
};

}  // namespace wsm
