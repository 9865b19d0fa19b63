#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace wsm {

/// Which of our own addresses: its place in ConnectionOptions::source_ips. 0 where there are none.
using SourceIndex = std::size_t;

/// Spreads the shards over our own addresses: each new one comes from the address that has fewest,
/// the first of them. An address never has more than its share; where there are none, the system
/// chooses, and there is no bound.
class SourceAddresses {
 public:
  static constexpr std::size_t kUnbounded = std::numeric_limits<std::size_t>::max();

  SourceAddresses(std::size_t addresses, std::size_t shards_each);

  // Commands.
  /// For a new shard. To be asked only while there is room. Not one of `avoided`, if there is room
  /// anywhere else.
  [[nodiscard]] SourceIndex take(std::span<const SourceIndex> avoided = {});
  /// A shard from there is over.
  void give_back(SourceIndex source);

  // Getters.
  /// How many further shards have a place.
  [[nodiscard]] std::size_t room() const;

 private:
  const std::size_t shards_each_;
  std::vector<std::size_t> shards_;  // By address.
};

}  // namespace wsm
