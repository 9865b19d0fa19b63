#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <wsm/result.h>

namespace wsm {

/// How a proxy is asked for the way to a server.
enum class ProxyKind : std::uint8_t {
  kSocks5,   ///< RFC 1928; the name of the server is looked up by us.
  kSocks5h,  ///< The same; the proxy looks it up.
  kHttp,     ///< CONNECT (RFC 9110, section 9.3.6); the proxy looks the name up.
  kHttps,    ///< The same, said over TLS.
};

/// The scheme of its URLs.
[[nodiscard]] constexpr std::string_view to_string(ProxyKind kind) {
  switch (kind) {
    case ProxyKind::kSocks5: return "socks5";
    case ProxyKind::kSocks5h: return "socks5h";
    case ProxyKind::kHttp: return "http";
    case ProxyKind::kHttps: return "https";
  }
  return "unknown";
}

struct ProxyUrl {
  ProxyKind kind = ProxyKind::kSocks5;
  std::string host;  ///< Name or address; IPv6 without brackets.
  std::uint16_t port = 0;
  std::string user = {};  ///< Decoded; empty: the proxy is not told who we are.
  std::string password = {};

  [[nodiscard]] bool is_socks() const {
    return kind == ProxyKind::kSocks5 || kind == ProxyKind::kSocks5h;
  }
  /// "socks5h://host:port": for logs and errors, and so without user and password.
  [[nodiscard]] std::string shown() const;

  friend bool operator==(const ProxyUrl&, const ProxyUrl&) = default;
};

/// Reads a socks5://, socks5h://, http:// or https:// URL; without a port 1080, 80 or 443.
///
/// Errors (kInvalidArgument) name the part: another scheme, no host, a path, a user or password
/// that the protocol cannot carry (RFC 1929: 255 bytes each; RFC 7617: no colon in the user, no
/// control characters). They never repeat a password.
[[nodiscard]] Result<ProxyUrl> parse_proxy_url(std::string_view text);

}  // namespace wsm
