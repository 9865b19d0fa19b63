#include "wire/frame_encoder.h"

#include <cstring>

#include "base/assert.h"
#include "wire/mask.h"

namespace wsm {

namespace {

constexpr std::uint8_t kFin = 0x80;
constexpr std::uint8_t kRsv1 = 0x40;
constexpr std::uint8_t kMasked = 0x80;
constexpr std::size_t kMaskKeySize = 4;

/// RFC 6455, section 5.2: the shortest of the three forms must be used.
std::size_t length_field_size(std::size_t payload_size) {
  if (payload_size <= 125) return 0;
  return payload_size <= 0xffff ? 2 : 8;
}

std::uint8_t length_code(std::size_t payload_size, std::size_t field_size) {
  if (field_size == 0) return static_cast<std::uint8_t>(payload_size);
  return field_size == 2 ? 126 : 127;
}

}  // namespace

void encode_frame(ByteQueue& out, Opcode opcode, std::span<const std::byte> payload,
                  std::uint32_t mask_key, PayloadForm form) {
  WSM_ASSERT(!is_control(opcode) || payload.size() <= kControlPayloadMax);
  const std::size_t field_size = length_field_size(payload.size());
  const std::size_t header_size = 2 + field_size + kMaskKeySize;
  const std::span<std::byte> frame = out.extend(header_size + payload.size());

  const std::uint8_t rsv1 = form == PayloadForm::kCompressed ? kRsv1 : 0;
  frame[0] = static_cast<std::byte>(kFin | rsv1 | static_cast<std::uint8_t>(opcode));
  frame[1] = static_cast<std::byte>(kMasked | length_code(payload.size(), field_size));
  for (std::size_t i = 0; i < field_size; ++i) {  // Most significant byte first.
    frame[2 + i] = static_cast<std::byte>(payload.size() >> (8 * (field_size - 1 - i)));
  }
  std::memcpy(frame.data() + 2 + field_size, &mask_key, kMaskKeySize);
  copy_masked(frame.subspan(header_size), payload, mask_key);
}

}  // namespace wsm
