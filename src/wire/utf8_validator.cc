#include "wire/utf8_validator.h"

#include <algorithm>
#include <cstring>

#include <simdjson.h>

namespace wsm {

namespace {

// Above this, simdjson's start-up (about 15 ns) is paid back by its speed; measured on x86-64.
constexpr std::size_t kSweepMax = 768;

constexpr std::uint64_t kHighBits = 0x8080808080808080ULL;

std::uint64_t word_at(std::span<const std::byte> bytes, std::size_t at) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes.data() + at, sizeof(word));
  return word;
}

/// How many bytes at the front are ASCII for certain: all of them, or up to some step before the
/// first that is not.
std::size_t sweep_ascii(std::span<const std::byte> bytes) {
  std::size_t at = 0;
  for (; at + 32 <= bytes.size(); at += 32) {
    const std::uint64_t all = word_at(bytes, at) | word_at(bytes, at + 8) |
                              word_at(bytes, at + 16) | word_at(bytes, at + 24);
    if ((all & kHighBits) != 0) return at;
  }
  for (; at + 8 <= bytes.size(); at += 8) {
    if ((word_at(bytes, at) & kHighBits) != 0) return at;
  }
  for (; at < bytes.size(); ++at) {
    if ((bytes[at] & std::byte{0x80}) != std::byte{0}) return at;
  }
  return at;
}

bool is_utf8_by_simdjson(std::span<const std::byte> bytes) {
  return simdjson::validate_utf8(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

bool is_continuation(std::byte byte) { return (byte & std::byte{0xc0}) == std::byte{0x80}; }

/// The size of the character that begins with `lead`; none can begin with it: 0.
std::size_t character_size(std::byte lead) {
  const auto value = std::to_integer<unsigned>(lead);
  if (value < 0x80) return 1;
  if (value < 0xc2) return 0;  // A continuation byte, or longer than the shortest form.
  if (value < 0xe0) return 2;
  if (value < 0xf0) return 3;
  return value < 0xf5 ? 4 : 0;  // 0xf5 and above would be over U+10FFFF.
}

/// May `second` follow `lead`? RFC 3629, section 4.
bool is_legal_pair(std::byte lead, std::byte second) {
  if (!is_continuation(second)) return false;
  const auto value = std::to_integer<unsigned>(second);
  switch (std::to_integer<unsigned>(lead)) {
    case 0xe0: return value >= 0xa0;  // Below: longer than the shortest form.
    case 0xed: return value <= 0x9f;  // Above: surrogates.
    case 0xf0: return value >= 0x90;  // Below: longer than the shortest form.
    case 0xf4: return value <= 0x8f;  // Above: over U+10FFFF.
    default: return true;
  }
}

/// How many bytes at the end of `bytes` may be the beginning of a character.
std::size_t cut_character_size(std::span<const std::byte> bytes) {
  for (std::size_t size = 1; size <= std::min<std::size_t>(3, bytes.size()); ++size) {
    const std::byte byte = bytes[bytes.size() - size];
    if (is_continuation(byte)) continue;
    return character_size(byte) > size ? size : 0;
  }
  return 0;
}

}  // namespace

bool is_utf8(std::span<const std::byte> bytes) {
  if (bytes.size() > kSweepMax) return is_utf8_by_simdjson(bytes);
  const std::size_t ascii = sweep_ascii(bytes);
  return ascii == bytes.size() || is_utf8_by_simdjson(bytes.subspan(ascii));
}

bool Utf8Validator::feed(std::span<const std::byte> piece) {
  while (pending_size_ > 0 && !piece.empty()) {
    if (!feed_byte(piece.front())) return false;
    piece = piece.subspan(1);
  }
  const std::size_t cut = cut_character_size(piece);
  if (!is_utf8(piece.first(piece.size() - cut))) pending_size_ = kBroken;
  for (const std::byte byte : piece.last(cut)) {
    if (!feed_byte(byte)) return false;
  }
  return pending_size_ != kBroken;
}

bool Utf8Validator::feed_byte(std::byte byte) {
  if (pending_size_ == kBroken) return false;
  bool is_legal = character_size(byte) > 0;
  if (pending_size_ == 1) is_legal = is_legal_pair(pending_[0], byte);
  if (pending_size_ > 1) is_legal = is_continuation(byte);
  if (!is_legal) {
    pending_size_ = kBroken;
    return false;
  }
  pending_[pending_size_] = byte;
  ++pending_size_;
  if (pending_size_ == character_size(pending_[0])) pending_size_ = 0;
  return true;
}

}  // namespace wsm
