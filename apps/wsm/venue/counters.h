#pragma once

#include <cstdint>

namespace wsm::venue {

/// What the venue has seen and done since it began; numbers only grow.
struct Counters {
  std::uint64_t connections_opened = 0;
  std::uint64_t connections_refused = 0;  ///< Upgrades answered with 503.
  std::uint64_t handshakes_failed = 0;    ///< Ended before they were WebSockets.
  std::uint64_t connections_closed = 0;   ///< Ended by a complete closing handshake.
  std::uint64_t connections_cut = 0;      ///< Reset by the venue.
  std::uint64_t connections_lost = 0;     ///< Gone without a closing handshake.
  std::uint64_t connections_silenced = 0;
  std::uint64_t connections_asked_to_leave = 0;
  std::uint64_t restarts = 0;
  std::uint64_t subscribe_requests = 0;    ///< Obeyed.
  std::uint64_t unsubscribe_requests = 0;  ///< Obeyed.
  std::uint64_t requests_in_error = 0;     ///< Answered with an error.
  std::uint64_t violations = 0;            ///< Connections closed with 1008.
  std::uint64_t pings_received = 0;
  std::uint64_t messages_published = 0;  ///< Whether or not anybody was subscribed.
  std::uint64_t messages_sent = 0;       ///< Data messages written to a socket.
  std::uint64_t heartbeats_sent = 0;     ///< Handed to a connection.

  friend bool operator==(const Counters&, const Counters&) = default;
};

}  // namespace wsm::venue
