#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace wsm {

/// Is all of `bytes` UTF-8 (RFC 3629: no surrogates, nothing over U+10FFFF, shortest forms only)?
/// Cost: short ASCII is swept eight bytes a step; the rest goes to simdjson.
[[nodiscard]] bool is_utf8(std::span<const std::byte> bytes);

/// Checks text that arrives in pieces and fails at the first byte that no continuation can mend
/// (RFC 6455, section 8.1, and the "fail fast" of fuzzing servers).
class Utf8Validator {
 public:
  /// False from the first wrong byte on, until reset().
  [[nodiscard]] bool feed(std::span<const std::byte> piece);

  /// False in the middle of a character, and after a wrong byte.
  [[nodiscard]] bool is_complete() const { return pending_size_ == 0; }

  void reset() { pending_size_ = 0; }

 private:
  static constexpr std::uint8_t kBroken = 0xff;

  [[nodiscard]] bool feed_byte(std::byte byte);

  std::array<std::byte, 4> pending_{};  // The character that the last piece cut.
  std::uint8_t pending_size_ = 0;       // kBroken after a wrong byte.
};

}  // namespace wsm
