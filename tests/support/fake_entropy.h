#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/entropy.h"

namespace wsm::test {

/// Counts instead of being unpredictable. The accept value is readable from the key, so that a
/// scripted server needs no SHA-1.
class FakeEntropy final : public EntropySource {
 public:
  std::uint32_t mask_key() override { return ++masks_ * 0x9e3779b9U; }

  HandshakeKey handshake_key() override {
    const std::string key = "key-" + std::to_string(++handshakes_);
    return {key, accept_of(key)};
  }

  [[nodiscard]] static std::string accept_of(std::string_view key) {
    return "accept-of-" + std::string{key};
  }

  [[nodiscard]] std::uint32_t handshakes() const { return handshakes_; }

 private:
  std::uint32_t masks_ = 0;
  std::uint32_t handshakes_ = 0;
};

}  // namespace wsm::test
