#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wire/frame.h"

namespace wsm::testing {

using Bytes = std::vector<std::byte>;

/// For loops over sizes that are written out.
using Sizes = std::initializer_list<std::size_t>;

inline std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span{text});
}

inline std::string as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Bytes as a table of the RFC has them.
inline Bytes bytes(std::initializer_list<unsigned> values) {
  Bytes result;
  for (const unsigned value : values) result.push_back(static_cast<std::byte>(value));
  return result;
}

inline Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes result;
  for (const Bytes& part : parts) result.insert(result.end(), part.begin(), part.end());
  return result;
}

enum class Fin { kSet, kClear };

/// The header of an unmasked frame, with the length in its shortest form (RFC 6455, section 5.2).
inline Bytes frame_header(Opcode opcode, std::uint64_t payload_size, Fin fin = Fin::kSet) {
  const unsigned first = (fin == Fin::kSet ? 0x80U : 0U) | static_cast<unsigned>(opcode);
  Bytes header = bytes({first});
  std::size_t length_bytes = 0;
  if (payload_size <= 125) {
    header.push_back(static_cast<std::byte>(payload_size));
  } else if (payload_size <= 65535) {
    header.push_back(std::byte{126});
    length_bytes = 2;
  } else {
    header.push_back(std::byte{127});
    length_bytes = 8;
  }
  for (std::size_t i = length_bytes; i > 0; --i) {
    header.push_back(static_cast<std::byte>(payload_size >> (8 * (i - 1)) & 0xff));
  }
  return header;
}

/// A frame as servers send it: unmasked.
inline Bytes frame(Opcode opcode, std::string_view payload, Fin fin = Fin::kSet) {
  Bytes result = frame_header(opcode, payload.size(), fin);
  const auto body = as_bytes(payload);
  result.insert(result.end(), body.begin(), body.end());
  return result;
}

}  // namespace wsm::testing
