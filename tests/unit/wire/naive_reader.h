#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "unit/wire/reading.h"
#include "wire/close_code.h"

namespace wsm::testing {

// RFC 6455 once more, as simply as it can be said, to compare with. It sees all bytes of the stream
// so far at once, so that cuts do not exist for it, and it shares no code with what it judges.

/// Can `text` be the beginning of UTF-8? By ranges of code points instead of bytes: the bits that
/// are still missing may be anything, and something that they lead to must be allowed.
inline bool naive_is_utf8_prefix(std::string_view text, bool must_be_complete) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto lead = static_cast<unsigned char>(text[at]);
    std::size_t size = 0;
    if (lead < 0x80) size = 1;
    if ((lead & 0xe0U) == 0xc0U) size = 2;
    if ((lead & 0xf0U) == 0xe0U) size = 3;
    if ((lead & 0xf8U) == 0xf0U) size = 4;
    if (size == 0) return false;

    std::uint32_t low = size == 1 ? lead : lead & (0xffU >> (size + 1));
    std::uint32_t high = low;
    for (std::size_t i = 1; i < size; ++i) {
      const bool is_here = at + i < text.size();
      if (!is_here && must_be_complete) return false;
      const auto byte = is_here ? static_cast<unsigned char>(text[at + i]) : 0U;
      if (is_here && (byte & 0xc0U) != 0x80U) return false;
      low = low << 6U | (is_here ? byte & 0x3fU : 0x00U);
      high = high << 6U | (is_here ? byte & 0x3fU : 0x3fU);
    }
    constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
    bool is_possible = false;
    if (high >= kLeast[size] && low <= 0x10ffff) is_possible = true;
    if (low >= 0xd800 && high <= 0xdfff) is_possible = false;
    if (!is_possible) return false;
    at += size;
  }
  return true;
}

/// What a correct client has received, and which error it has found, when `stream` is all that has
/// arrived so far. Error details are not modelled.
class NaiveReader {
 public:
  NaiveReader(std::span<const std::byte> stream, std::uint64_t message_bytes_max)
      : stream_(stream), message_bytes_max_(message_bytes_max) {
    while (read_frame()) {
    }
  }

  [[nodiscard]] const Outcome& outcome() const { return outcome_; }

 private:
  [[nodiscard]] std::size_t left() const { return stream_.size() - at_; }
  [[nodiscard]] unsigned byte(std::size_t offset) const {
    return std::to_integer<unsigned>(stream_[at_ + offset]);
  }

  bool fail(CloseCode code) {
    outcome_.error = code;
    return false;
  }

  /// False when nothing more can be read.
  bool read_frame() {
    if (left() < 1) return false;
    const unsigned opcode = byte(0) & 15U;
    const bool is_final = byte(0) >= 128;
    const bool is_control = opcode >= 8;
    const bool is_known = opcode <= 2 || (opcode >= 8 && opcode <= 10);
    if ((byte(0) & 0x70U) != 0 || !is_known) return fail(CloseCode::kProtocolError);
    if (is_control && !is_final) return fail(CloseCode::kProtocolError);
    if (!is_control && (opcode == 0) != is_in_message_) return fail(CloseCode::kProtocolError);

    if (left() < 2) return false;
    if (byte(1) >= 128) return fail(CloseCode::kProtocolError);
    if (is_control && byte(1) > 125) return fail(CloseCode::kProtocolError);
    std::size_t header_size = 2;
    if (byte(1) == 126) header_size = 4;
    if (byte(1) == 127) header_size = 10;
    std::uint64_t size = byte(1) < 126 ? byte(1) : 0;
    for (std::size_t i = 2; i < header_size; ++i) {
      if (left() <= i) return false;
      size = size * 256 + byte(i);
      const bool has_top_bit = header_size == 10 && i == 2 && byte(i) >= 128;
      const bool is_short2 = header_size == 4 && i == 3 && size < 126;
      const bool is_short8 = header_size == 10 && i == 7 && size == 0;
      if (has_top_bit || is_short2 || is_short8) return fail(CloseCode::kProtocolError);
    }
    const std::uint64_t gathered = is_control ? 0 : message_.payload.size();
    if (!is_control && size > message_bytes_max_ - gathered) return fail(CloseCode::kMessageTooBig);

    at_ += header_size;
    const std::size_t here = size < left() ? static_cast<std::size_t>(size) : left();
    const std::string payload = as_text(stream_.subspan(at_, here));
    at_ += here;
    if (is_control) return here == size && read_control(static_cast<Opcode>(opcode), payload);
    if (opcode != 0) message_.opcode = static_cast<Opcode>(opcode);
    return read_data(payload, here == size, is_final);
  }

  bool read_control(Opcode opcode, const std::string& payload) {
    outcome_.received.push_back({opcode, payload});
    return opcode != Opcode::kClose;
  }

  bool read_data(const std::string& payload, bool is_whole, bool is_final) {
    message_.payload += payload;
    const bool is_end = is_whole && is_final;
    if (message_.opcode == Opcode::kText && !naive_is_utf8_prefix(message_.payload, is_end)) {
      return fail(CloseCode::kInvalidPayload);
    }
    if (!is_whole) return false;
    is_in_message_ = !is_final;
    if (is_end) outcome_.received.push_back(std::exchange(message_, {}));
    return true;
  }

  std::span<const std::byte> stream_;
  std::uint64_t message_bytes_max_;
  std::size_t at_ = 0;
  bool is_in_message_ = false;
  Received message_{};
  Outcome outcome_;
};

}  // namespace wsm::testing
