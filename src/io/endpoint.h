#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <sys/socket.h>

namespace wsm::io {

/// An address and a port that TCP can connect to, IPv4 or IPv6.
class Endpoint {
 public:
  /// `length` bytes of `address`, a sockaddr_in or a sockaddr_in6.
  Endpoint(const sockaddr* address, socklen_t length);

  /// The endpoint of an address in figures ("127.0.0.1", "::1", "fe80::1%eth0"); none for names.
  /// Never asks a name server.
  [[nodiscard]] static std::optional<Endpoint> parse(const std::string& address,
                                                     std::uint16_t port);

  [[nodiscard]] const sockaddr* address() const;
  [[nodiscard]] socklen_t length() const { return length_; }
  [[nodiscard]] bool is_v6() const { return storage_.ss_family == AF_INET6; }

  friend bool operator==(const Endpoint& a, const Endpoint& b);

 private:
  sockaddr_storage storage_{};
  socklen_t length_;
};

/// The address without its port: "127.0.0.1", "::1".
[[nodiscard]] std::string address_text(const Endpoint& endpoint);

/// "127.0.0.1:443", "[::1]:443".
[[nodiscard]] std::string to_string(const Endpoint& endpoint);

}  // namespace wsm::io
