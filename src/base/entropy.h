#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace wsm {

/// The client's nonce of one upgrade, and the answer that proves that the server understood it
/// (RFC 6455, sections 4.1 and 4.2.2).
struct HandshakeKey {
  std::string key;              ///< For Sec-WebSocket-Key.
  std::string expected_accept;  ///< What Sec-WebSocket-Accept must be.
};

/// Unpredictable bytes. Masking keys must not be guessable by whoever chose the payload (RFC 6455,
/// section 10.3), so they never come from Rng; a simulation seeds its own source.
class EntropySource {
 public:
  virtual ~EntropySource() = default;

  /// A fresh masking key.
  virtual std::uint32_t mask_key() = 0;
  virtual HandshakeKey handshake_key() = 0;
};

}  // namespace wsm
