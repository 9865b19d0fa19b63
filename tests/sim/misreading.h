#pragma once

#include <wsm/config.h>

#include "sim/sabotage.h"

namespace wsm::sim {

/// What the client takes the rules for: `right` ones, but where the sabotage is to get one wrong.
/// `builder` is the one that those are from.
[[nodiscard]] ShardManagerConfig misread(ShardManagerConfigBuilder builder,
                                         const ShardManagerConfig& right, Sabotage sabotage);

}  // namespace wsm::sim
