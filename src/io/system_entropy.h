#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/entropy.h"
#include "wire/mask_keys.h"

namespace wsm::io {

/// Unpredictable bytes from OpenSSL's generator, and masking keys that are made of them: 2^32 from
/// one seed, all of them different.
///
/// Threads: one owner.
class SystemEntropy final : public EntropySource {
 public:
  std::uint32_t mask_key() override;
  HandshakeKey handshake_key() override;

 private:
  std::optional<MaskKeys> mask_keys_;  // From the first on.
};

/// What a server that understood the upgrade answers to `key` in Sec-WebSocket-Accept: the base64
/// of the SHA-1 of the key and a fixed GUID (RFC 6455, section 4.2.2).
[[nodiscard]] std::string accept_for(std::string_view key);

}  // namespace wsm::io
