#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/endpoint.h"

namespace wsm::io {

class TlsContext;

/// TLS on top of TCP.
struct TlsTarget {
  std::shared_ptr<const TlsContext> context;
  std::string server_name;  ///< Name to send and to check; empty: the host of the target.
};

/// Where a connection is to lead.
struct DialTarget {
  std::string host;  ///< Name or address in figures.
  std::uint16_t port = 0;
  std::optional<TlsTarget> tls;
  /// What to connect to instead of looking `host` up; tried in this order.
  std::vector<Endpoint> endpoints;
  /// Our own address, without a port: only addresses of its family are tried.
  std::optional<Endpoint> source = std::nullopt;
};

}  // namespace wsm::io
