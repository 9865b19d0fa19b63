#pragma once

#include <cstddef>
#include <cstdint>

#include <wsm/types.h>

namespace wsm::venue {

/// What one client may do. Whoever does more is closed with 1008 and the broken rule as the reason.
struct Limits {
  std::size_t subscriptions_per_connection = 500;
  std::size_t args_per_request = 200;
  /// Over this the request is a violation; over sixteen times this the frame itself is refused with
  /// 1009, so that no client makes the venue buffer what it likes.
  std::size_t request_bytes = 4096;
  std::size_t requests_per_window = 20;
  Duration window = std::chrono::seconds{1};
  std::size_t connections = 64;  ///< Open at a time; further upgrades are answered with 503.
  /// Messages that may wait for one slow connection; at one more it is cut.
  std::size_t outbox_messages = 65'536;
};

struct Options {
  std::size_t topics = 1'200;                 ///< 1 to 9,999.
  std::uint64_t messages_per_second = 5'000;  ///< Over all topics, subscribed or not.
  Duration heartbeat_interval = std::chrono::seconds{1};
  std::uint64_t seed = 1;  ///< Decides the order of the topics.
  Limits limits;
};

}  // namespace wsm::venue
