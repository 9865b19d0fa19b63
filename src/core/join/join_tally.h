#pragma once

#include <cstdint>

namespace wsm {

/// What the join of a subscription has done so far.
struct JoinTally {
  std::uint64_t duplicates = 0;  ///< Messages that had been delivered already.
  std::uint64_t held = 0;        ///< Those that had to wait for their turn.

  /// Of what was counted since `before`; of a later join all of it.
  [[nodiscard]] JoinTally since(const JoinTally& before) const {
    const bool is_another = duplicates < before.duplicates || held < before.held;
    if (is_another) return *this;
    return {duplicates - before.duplicates, held - before.held};
  }
};

}  // namespace wsm
