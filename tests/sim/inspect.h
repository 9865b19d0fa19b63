#pragma once

#include <cstdint>

#include "core/subscription/inspected.h"
#include "sim/feed.h"

namespace wsm::sim {

/// What the application knows its messages by.
enum class Recognition : std::uint8_t { kNumbers, kKeys, kPayloads };

/// What an application says of a message of the venue.
[[nodiscard]] Inspected inspect(const FeedMessage& message, Recognition recognition);

}  // namespace wsm::sim
