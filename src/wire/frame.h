#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wsm {

/// RFC 6455, section 5.2. 3 to 7 and 11 to 15 are reserved.
enum class Opcode : std::uint8_t {
  kContinuation = 0,
  kText = 1,
  kBinary = 2,
  kClose = 8,
  kPing = 9,
  kPong = 10,
};

[[nodiscard]] constexpr std::string_view to_string(Opcode opcode) {
  switch (opcode) {
    case Opcode::kContinuation: return "continuation";
    case Opcode::kText: return "text";
    case Opcode::kBinary: return "binary";
    case Opcode::kClose: return "close";
    case Opcode::kPing: return "ping";
    case Opcode::kPong: return "pong";
  }
  return "reserved";
}

/// What the payload of a message is (RFC 7692, section 6): as it was, or compressed, which RSV1
/// says.
enum class PayloadForm : std::uint8_t { kPlain, kCompressed };

[[nodiscard]] constexpr std::string_view to_string(PayloadForm form) {
  return form == PayloadForm::kPlain ? "plain" : "compressed";
}

/// Control frames are not fragmented and may stand between the fragments of a message.
[[nodiscard]] constexpr bool is_control(Opcode opcode) { return opcode >= Opcode::kClose; }

/// RFC 6455, section 5.5.
inline constexpr std::size_t kControlPayloadMax = 125;

/// Two bytes, eight of length, four of mask.
inline constexpr std::size_t kFrameHeaderMax = 14;

}  // namespace wsm
