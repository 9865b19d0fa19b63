#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <wsm/result.h>

namespace wsm {

/// The parts of a ws:// or wss:// URL that a connection needs.
struct Url {
  bool is_tls = false;
  std::string host;  ///< Name or address; IPv6 without brackets, percent-decoded.
  std::uint16_t port = 0;
  std::string target;  ///< Path and query as they go into the request, "/" at least.

  /// For the Host header: brackets around IPv6, the port where it is not the scheme's own.
  [[nodiscard]] std::string authority() const;
  /// The whole URL again.
  [[nodiscard]] std::string text() const;
  /// "host:port", always with the port: what one server is known by.
  [[nodiscard]] std::string endpoint() const;

  friend bool operator==(const Url&, const Url&) = default;
};

/// RFC 6455, section 3. Errors name the part: no scheme, another scheme, no host, a port over
/// 65535, a fragment (which a WebSocket URL must not have), user and password (use a header).
[[nodiscard]] Result<Url> parse_url(std::string_view text);

}  // namespace wsm
