#pragma once

#include <cstdint>
#include <optional>

#include "core/connection/connection_id.h"

namespace wsm {

/// The last message of a subscription that was delivered.
struct LastDelivered {
  std::optional<ConnectionId> connection = {};  ///< That brought it; none before the first message.
  std::optional<std::uint64_t> number = {};     ///< The highest so far, if there are numbers.
  std::optional<std::uint64_t> key = {};        ///< Numbering::key.
};

}  // namespace wsm
