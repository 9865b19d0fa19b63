#include "wire/frame_header.h"

#include <algorithm>

#include "wire/close_code.h"

namespace wsm {

namespace {

using Parsed = std::optional<FrameHeader>;

constexpr std::uint8_t kFin = 0x80;
constexpr std::uint8_t kReservedBits = 0x70;
constexpr std::uint8_t kRsv1 = 0x40;
constexpr std::uint8_t kOpcodeBits = 0x0f;
constexpr std::uint8_t kMasked = 0x80;

std::uint8_t number(std::byte byte) { return std::to_integer<std::uint8_t>(byte); }

bool is_known(Opcode opcode) {
  switch (opcode) {
    case Opcode::kContinuation:
    case Opcode::kText:
    case Opcode::kBinary:
    case Opcode::kClose:
    case Opcode::kPing:
    case Opcode::kPong: return true;
  }
  return false;
}

Failure<ProtocolError> violation(const char* detail) {
  return Failure{ProtocolError{CloseCode::kProtocolError, detail}};
}

/// What is wrong with the first byte alone.
const char* fault_of_first(std::uint8_t first, bool may_compress) {
  const auto opcode = static_cast<Opcode>(first & kOpcodeBits);
  const int reserved = first & kReservedBits;
  if (reserved != 0 && !may_compress) {
    return "a reserved bit is set, but no extension was agreed on";
  }
  if ((reserved & ~kRsv1) != 0) return "a reserved bit is set, which no agreed extension uses";
  if (!is_known(opcode)) return "the opcode is reserved";
  if (reserved != 0 && opcode != Opcode::kText && opcode != Opcode::kBinary) {
    return "a frame that begins no message says that it is compressed";
  }
  if (is_control(opcode) && (first & kFin) == 0) return "a control frame is fragmented";
  return nullptr;
}

/// What is wrong with the second byte of a frame with `opcode`.
const char* fault_of_second(std::uint8_t second, Opcode opcode) {
  if ((second & kMasked) != 0) return "the server masked a frame, which only clients do";
  if (is_control(opcode) && second > kControlPayloadMax) return "a control frame is too long";
  return nullptr;
}

/// What is wrong with the bytes of a long length, as far as they are here.
const char* fault_of_length(std::span<const std::byte> field, std::size_t field_size,
                            std::uint64_t so_far) {
  constexpr const char* kNotMinimal = "a length is not in its shortest form";
  if (field_size == 2) return field.size() == 2 && so_far <= 125 ? kNotMinimal : nullptr;
  if (!field.empty() && (number(field[0]) & 0x80) != 0) return "a length has its top bit set";
  // Six zero bytes leave 16 bits, which would have fitted into the form of two bytes.
  const bool is_short = field.size() >= 6 && (so_far >> (8 * (field.size() - 6))) == 0;
  return is_short ? kNotMinimal : nullptr;
}

}  // namespace

//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-------+-+-------------+-------------------------------+
//   |F|R|R|R| opcode|M| Payload len |    Extended payload length    |
//   |I|S|S|S|  (4)  |A|     (7)     |             (16/64)           |
//   |N|V|V|V|       |S|             |   (if payload len==126/127)   |
//   | |1|2|3|       |K|             |                               |
//   +-+-+-+-+-------+-+-------------+ - - - - - - - - - - - - - - - +
//
// Checked byte by byte from the left, so that the first fault in the stream is the one that is
// reported, no matter how much of the header is here.
Result<std::optional<FrameHeader>, ProtocolError> parse_frame_header(
    std::span<const std::byte> bytes, bool may_compress) {
  if (bytes.empty()) return Parsed{};
  const std::uint8_t first = number(bytes[0]);
  if (const char* fault = fault_of_first(first, may_compress)) return violation(fault);

  FrameHeader header;
  header.opcode = static_cast<Opcode>(first & kOpcodeBits);
  header.is_final = (first & kFin) != 0;
  header.is_compressed = (first & kRsv1) != 0;
  if (bytes.size() < 2) return Parsed{};
  const std::uint8_t second = number(bytes[1]);
  if (const char* fault = fault_of_second(second, header.opcode)) return violation(fault);
  if (second <= 125) {
    header.size = 2;
    header.payload_size = second;
    return Parsed{header};
  }

  const std::size_t field_size = second == 126 ? 2 : 8;
  const auto field = bytes.subspan(2).first(std::min(bytes.size() - 2, field_size));
  for (const std::byte byte : field) {
    header.payload_size = header.payload_size << 8U | number(byte);
  }
  if (const char* fault = fault_of_length(field, field_size, header.payload_size)) {
    return violation(fault);
  }
  if (field.size() < field_size) return Parsed{};
  header.size = static_cast<std::uint8_t>(2 + field_size);
  return Parsed{header};
}

}  // namespace wsm
