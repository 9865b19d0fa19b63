#include "io/resolver.h"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string_view>
#include <system_error>

#include <netdb.h>

#include "io/disconnect_reason.h"

namespace wsm::io {
namespace {

/// localhost and the names under it mean this machine (RFC 6761, section 6.3).
bool is_localhost(std::string_view host) {
  return host == "localhost" || host.ends_with(".localhost");
}

}  // namespace

Result<std::vector<Endpoint>, DisconnectReason> resolve(const std::string& host,
                                                        std::uint16_t port) {
  if (const auto endpoint = Endpoint::parse(host, port)) return std::vector{*endpoint};

  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  // AI_ADDRCONFIG leaves out a family that this machine cannot reach. It does not count loopback
  // addresses, so it would hide ::1 on a machine whose network has IPv4 only.
  hints.ai_flags = AI_NUMERICSERV | (is_localhost(host) ? 0 : AI_ADDRCONFIG);
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (error != 0) {
    const std::string problem = error == EAI_SYSTEM ? std::system_category().message(errno)
                                                    : std::string{gai_strerror(error)};
    return Failure{disconnect_reason(DisconnectKind::kResolveFailed, host + ": " + problem)};
  }

  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner{found, &freeaddrinfo};
  std::vector<Endpoint> endpoints;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    if (entry->ai_family != AF_INET && entry->ai_family != AF_INET6) continue;
    endpoints.emplace_back(entry->ai_addr, entry->ai_addrlen);
  }
  if (endpoints.empty()) {
    return Failure{
        disconnect_reason(DisconnectKind::kResolveFailed, host + ": no IPv4 and no IPv6 address")};
  }
  return interleave_families(endpoints);
}

std::vector<Endpoint> interleave_families(const std::vector<Endpoint>& endpoints) {
  std::vector<Endpoint> first_family;
  std::vector<Endpoint> other_family;
  for (const Endpoint& endpoint : endpoints) {
    auto& family = endpoint.is_v6() == endpoints.front().is_v6() ? first_family : other_family;
    if (std::ranges::find(family, endpoint) == family.end()) family.push_back(endpoint);
  }

  std::vector<Endpoint> mixed;
  mixed.reserve(first_family.size() + other_family.size());
  for (std::size_t i = 0; i < std::max(first_family.size(), other_family.size()); ++i) {
    if (i < first_family.size()) mixed.push_back(first_family[i]);
    if (i < other_family.size()) mixed.push_back(other_family[i]);
  }
  return mixed;
}

}  // namespace wsm::io
