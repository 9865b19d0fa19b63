#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <wsm/result.h>

#include "wire/frame.h"
#include "wire/protocol_error.h"

namespace wsm {

/// The first bytes of a frame from a server.
struct FrameHeader {
  Opcode opcode = Opcode::kContinuation;
  bool is_final = false;
  bool is_compressed = false;  ///< Only the first frame of a message says so (RFC 7692, section 6).
  std::uint8_t size = 0;       ///< Of the header itself: 2, 4 or 10.
  std::uint64_t payload_size = 0;
};

/// Reads a header from the front of `bytes`; none while it is not complete, an error as soon as its
/// bytes cannot become a legal one: reserved bits or opcodes, masked by a server (section 5.1),
/// fragmented or long control frames (5.5), lengths that are not minimal or have the top bit (5.2).
/// `may_compress`: permessage-deflate was agreed on, so that RSV1 has a meaning.
[[nodiscard]] Result<std::optional<FrameHeader>, ProtocolError> parse_frame_header(
    std::span<const std::byte> bytes, bool may_compress = false);

}  // namespace wsm
