#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/endpoint.h"
#include "wire/proxy_url.h"

namespace wsm::io {

class TlsContext;

/// TLS on top of TCP.
struct TlsTarget {
  std::shared_ptr<const TlsContext> context;
  std::string server_name;  ///< Name to send and to check; empty: the host of the target.
};

/// On the way to the server.
struct ProxyTarget {
  ProxyUrl url;
  std::shared_ptr<const TlsContext> tls;  ///< Of an https:// proxy.
};

/// Where a connection is to lead.
struct DialTarget {
  std::string host;  ///< Name or address in figures.
  std::uint16_t port = 0;
  std::optional<TlsTarget> tls;
  /// What to connect to instead of looking `host` up, or that of the proxy; tried in this order.
  std::vector<Endpoint> endpoints;
  /// Our own address, without a port: only addresses of its family are tried.
  std::optional<Endpoint> source = std::nullopt;
  std::optional<ProxyTarget> proxy = std::nullopt;
  /// One connect at a time, because the server counts them: IPv4 and IPv6 do not race.
  bool is_in_turn = false;
};

}  // namespace wsm::io
