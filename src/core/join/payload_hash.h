#pragma once

#include <cstddef>
#include <span>

#include "core/join/identity_ring.h"

namespace wsm {

/// The identity of a message that has nothing better: XXH3 of its payload. Two payloads of a feed
/// have the same one with a probability of 2^-64.
[[nodiscard]] Identity hash_payload(std::span<const std::byte> payload);

}  // namespace wsm
