#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <wsm/error.h>
#include <wsm/result.h>

#include "io/endpoint.h"

namespace wsm::io {

/// The addresses of `host`, each once, in the order in which they are to be tried.
///
/// Addresses in figures are taken as they are. Errors: kResolveFailed with the host and the
/// system's words. Threads: any; blocks as long as the name servers let it, so it is called on a
/// BlockingPool, never on a loop.
[[nodiscard]] Result<std::vector<Endpoint>, DisconnectReason> resolve(const std::string& host,
                                                                      std::uint16_t port);

/// Puts IPv6 and IPv4 in turns, beginning with the family that comes first and keeping the order
/// within each, so that a family which leads nowhere costs one attempt and not all of the time
/// (RFC 8305, section 4). Drops duplicates.
[[nodiscard]] std::vector<Endpoint> interleave_families(const std::vector<Endpoint>& endpoints);

}  // namespace wsm::io
