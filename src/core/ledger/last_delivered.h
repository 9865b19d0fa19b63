#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/time.h"
#include "core/connection/connection_id.h"

namespace wsm {

/// A connection that brings a subscription, and the last number that it has brought, delivered or
/// as a copy.
struct NumberOfConnection {
  ConnectionId connection;
  std::optional<std::uint64_t> last = {};
  bool is_level = false;      ///< It has come as far as the last message that was delivered.
  bool is_of_stream = false;  ///< Its number is one of those that `last` belongs to, for certain.
};

/// The two sides of a switchover, and the side before, which may still close.
using NumbersOfConnections = std::array<NumberOfConnection, 3>;

/// The last message of a subscription that was delivered.
struct LastDelivered {
  std::optional<ConnectionId> connection = {};  ///< That brought it; none before the first message.
  std::optional<std::uint64_t> number = {};     ///< The highest so far, if there are numbers.
  std::optional<std::uint64_t> key = {};        ///< Numbering::key.
  NumbersOfConnections carriers = {};           ///< With numbers of the feed, if it has any.
  TimePoint at = {};                            ///< When it was.

  /// The last number that `carrier` has brought, if it is known to be comparable with `number`.
  [[nodiscard]] std::optional<std::uint64_t> number_of(ConnectionId carrier) const {
    for (const NumberOfConnection& known : carriers) {
      if (known.connection == carrier && known.is_of_stream) return known.last;
    }
    return std::nullopt;
  }
};

}  // namespace wsm
