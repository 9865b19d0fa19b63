#include "io/endpoint.h"

#include <array>
#include <cstring>

#include <netdb.h>
#include <netinet/in.h>

#include "base/assert.h"

namespace wsm::io {

Endpoint::Endpoint(const sockaddr* address, socklen_t length) : length_(length) {
  WSM_ASSERT(length <= sizeof(storage_));
  std::memcpy(&storage_, address, length);
  WSM_ASSERT(storage_.ss_family == AF_INET || storage_.ss_family == AF_INET6);
}

std::optional<Endpoint> Endpoint::parse(const std::string& address, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) {
    return std::nullopt;
  }
  const Endpoint endpoint{found->ai_addr, found->ai_addrlen};
  freeaddrinfo(found);
  return endpoint;
}

const sockaddr* Endpoint::address() const { return reinterpret_cast<const sockaddr*>(&storage_); }

bool operator==(const Endpoint& a, const Endpoint& b) {
  return a.length_ == b.length_ && std::memcmp(&a.storage_, &b.storage_, a.length_) == 0;
}

std::string address_text(const Endpoint& endpoint) {
  std::array<char, NI_MAXHOST> host{};
  WSM_ASSERT(getnameinfo(endpoint.address(), endpoint.length(), host.data(), host.size(), nullptr,
                         0, NI_NUMERICHOST) == 0);
  return host.data();
}

std::string to_string(const Endpoint& endpoint) {
  std::array<char, NI_MAXSERV> port{};
  WSM_ASSERT(getnameinfo(endpoint.address(), endpoint.length(), nullptr, 0, port.data(),
                         port.size(), NI_NUMERICSERV) == 0);
  const std::string address = address_text(endpoint);
  return (endpoint.is_v6() ? "[" + address + "]" : address) + ":" + port.data();
}

}  // namespace wsm::io
