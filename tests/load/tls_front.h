#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace wsm::testing {

/// Speaks TLS on 127.0.0.1 for a server that does not: whatever comes is handed on, both ways, and
/// when one side ends, the other one does. On a thread of its own.
class TlsFront {
 public:
  explicit TlsFront(std::uint16_t server_port);
  ~TlsFront();
  TlsFront(const TlsFront&) = delete;
  TlsFront& operator=(const TlsFront&) = delete;

  /// wss://127.0.0.1:port
  [[nodiscard]] std::string url() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace wsm::testing
