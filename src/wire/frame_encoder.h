#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/byte_queue.h"
#include "wire/frame.h"

namespace wsm {

/// Appends one whole masked frame (FIN set) to `out`. RFC 6455, section 5.2.
/// Cost: one copy of the payload, masked on the way; no allocation while `out` has room.
void encode_frame(ByteQueue& out, Opcode opcode, std::span<const std::byte> payload,
                  std::uint32_t mask_key, PayloadForm form = PayloadForm::kPlain);

}  // namespace wsm
