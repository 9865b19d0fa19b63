#pragma once

#include <cstdint>
#include <string_view>

namespace wsm {

/// What may be expected of a shard, for who decides what it carries.
enum class ShardStanding : std::uint8_t {
  kOpening,     ///< For the first time, and without a failure so far.
  kDependable,  ///< Live, and what failures it had are forgotten.
  kDoubtful,    ///< Lost, on its way back, or back for less than stable_after.
  kSuspended,   ///< Has failed too often, or was told to stop, and has not been open since.
  kEnding,      ///< Closing or closed.
};

[[nodiscard]] constexpr std::string_view to_string(ShardStanding standing) {
  switch (standing) {
    case ShardStanding::kOpening: return "opening";
    case ShardStanding::kDependable: return "dependable";
    case ShardStanding::kDoubtful: return "doubtful";
    case ShardStanding::kSuspended: return "suspended";
    case ShardStanding::kEnding: return "ending";
  }
  return "unknown";
}

}  // namespace wsm
