#pragma once

#include <cstdint>

#include <wsm/types.h>

namespace wsm {

/// Stands for one subscription inside the library, so that nothing there depends on the
/// application's type. Dense: small numbers, given again after they were forgotten.
using SubscriptionId = StrongType<struct SubscriptionIdTag, std::uint32_t>;

}  // namespace wsm
