#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/rng.h"

namespace wsm::fuzz {

/// Places to cut `bytes` at, in order; drawn from the bytes themselves, so that an input that fails
/// fails again.
inline std::vector<std::size_t> cuts_of(std::span<const std::byte> bytes) {
  std::uint64_t seed = bytes.size();
  for (const std::byte byte : bytes) seed = seed * 31 + std::to_integer<std::uint64_t>(byte);
  SeededRng rng{seed};
  const std::size_t step_max = 1 + rng.below(bytes.size() + 1);
  std::vector<std::size_t> cuts;
  for (std::size_t at = rng.below(step_max + 1); at < bytes.size(); at += rng.below(step_max) + 1) {
    cuts.push_back(at);
  }
  return cuts;
}

}  // namespace wsm::fuzz
