#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "wire/proxy_tunnel.h"

namespace wsm {

/// CONNECT of SOCKS5 (RFC 1928), with user and password (RFC 1929) where the proxy's URL has a
/// user. A target in figures goes as an address, any other as a name for the proxy to look up.
class Socks5 final : public ProxyTunnel {
 public:
  Socks5(const ProxyUrl& proxy, const TunnelTarget& target);

  Progress receive(std::span<const std::byte> bytes) override;
  [[nodiscard]] bool has_asked() const override { return step_ == Step::kReply; }
  [[nodiscard]] std::span<const std::byte> rest() const override {
    return std::as_bytes(std::span{input_});
  }

 private:
  enum class Step : std::uint8_t { kMethod, kLogin, kReply };

  Progress go_on();
  Progress take_method();
  Progress take_login();
  Progress take_reply();
  void ask();
  [[nodiscard]] std::size_t reply_size() const;
  [[nodiscard]] std::uint8_t at(std::size_t place) const {
    return static_cast<std::uint8_t>(input_[place]);
  }

  const std::string login_;    // The message of RFC 1929; empty without a user.
  const std::string request_;  // The message that names the target.
  Step step_ = Step::kMethod;
  Progress progress_ = Progress::kNeedsMore;
  std::string input_;  // Received and not judged; once open, the server's.
};

}  // namespace wsm
