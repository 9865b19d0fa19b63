#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/entropy.h"

namespace wsm::io {

/// Unpredictable bytes from OpenSSL's generator.
///
/// They are drawn 4 KiB at a time, because a masking key for each frame would otherwise cost a call
/// into the generator for four bytes. Each byte is handed out once.
/// Threads: one owner.
class SystemEntropy final : public EntropySource {
 public:
  std::uint32_t mask_key() override;
  HandshakeKey handshake_key() override;

 private:
  void take(std::span<std::byte> into);

  static constexpr std::size_t kRefillBytes = 4096;
  std::array<std::byte, kRefillBytes> bytes_{};
  std::size_t used_ = kRefillBytes;  ///< Bytes before this one have been handed out.
};

/// What a server that understood the upgrade answers to `key` in Sec-WebSocket-Accept: the base64
/// of the SHA-1 of the key and a fixed GUID (RFC 6455, section 4.2.2).
[[nodiscard]] std::string accept_for(std::string_view key);

}  // namespace wsm::io
