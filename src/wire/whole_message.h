#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "wire/frame.h"

namespace wsm {

/// The common case: a message in one frame, all of which is here.
struct WholeMessage {
  Opcode opcode;  ///< kText or kBinary.
  std::size_t frame_size;
  std::span<const std::byte> payload;
};

/// Finds a message that begins and ends in `bytes`, is not fragmented, and whose header is legal.
/// Everything else gives none, and is for parse_frame_header() to judge. Text is not checked here.
[[nodiscard]] inline std::optional<WholeMessage> match_whole_message(
    std::span<const std::byte> bytes) {
  if (bytes.size() < 2) return std::nullopt;
  const auto number = [&bytes](std::size_t at) {
    return std::to_integer<std::uint64_t>(bytes[at]);
  };

  // FIN with text or binary, no reserved bits. RFC 6455, section 5.2.
  const std::uint64_t first = number(0);
  if (first != 0x81 && first != 0x82) return std::nullopt;

  std::size_t header_size = 2;
  std::uint64_t payload_size = number(1);  // Over 127 if masked, which matches nothing below.
  if (payload_size == 126) {
    if (bytes.size() < 4) return std::nullopt;
    header_size = 4;
    payload_size = number(2) << 8U | number(3);
    if (payload_size <= 125) return std::nullopt;
  } else if (payload_size > 126) {
    if (payload_size > 127 || bytes.size() < 10) return std::nullopt;
    header_size = 10;
    payload_size = 0;
    for (std::size_t at = 2; at < 10; ++at) payload_size = payload_size << 8U | number(at);
    if (payload_size <= 0xffff) return std::nullopt;
  }
  if (payload_size > bytes.size() - header_size) return std::nullopt;

  // A length with its top bit set is larger than any buffer and has been turned away just above.
  const auto size = static_cast<std::size_t>(payload_size);
  return WholeMessage{static_cast<Opcode>(first & 0x0fU), header_size + size,
                      bytes.subspan(header_size, size)};
}

}  // namespace wsm
