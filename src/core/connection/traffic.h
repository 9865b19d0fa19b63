#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"

namespace wsm {

/// What went over one connection.
struct Traffic {
  std::uint64_t messages_received = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t messages_sent = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t pings_sent = 0;
  std::uint64_t pongs_received = 0;
  std::optional<TimePoint> last_message_at;

  Traffic& operator+=(const Traffic& other) {
    messages_received += other.messages_received;
    bytes_received += other.bytes_received;
    messages_sent += other.messages_sent;
    bytes_sent += other.bytes_sent;
    pings_sent += other.pings_sent;
    pongs_received += other.pongs_received;
    if (other.last_message_at && (!last_message_at || *last_message_at < *other.last_message_at)) {
      last_message_at = other.last_message_at;
    }
    return *this;
  }
};

}  // namespace wsm
