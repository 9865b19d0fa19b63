#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include <wsm/config.h>

#include "base/time.h"
#include "core/health/keepalive.h"
#include "core/limits/frame_budget.h"
#include "wire/deflate_agreement.h"

namespace wsm {

/// What a connection needs to know of the configuration.
struct ConnectionSettings {
  Duration connect_timeout = std::chrono::seconds{10};
  Keepalive::Options keepalive;
  std::optional<Duration> data_timeout;
  std::optional<std::string> text_ping;
  std::string text_pong;
  std::size_t message_bytes_max = 16 * 1024 * 1024;
  std::size_t decompressed_bytes_max = 16 * 1024 * 1024;
  std::optional<DeflateOffer> deflate;  ///< None: compression is not offered.
  FrameBudget::Options frames;

  /// How long a server may take to answer our close frame.
  Duration close_timeout = std::chrono::seconds{5};
  /// How long it may take to end TCP after the closing handshake; that is its part (RFC 6455,
  /// section 7.1.1), so that the waiting state of TCP stays with it.
  Duration linger = std::chrono::seconds{1};

  [[nodiscard]] static ConnectionSettings from(const ShardManagerConfig& config);
};

}  // namespace wsm
