#include "wire/message_reader.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "base/assert.h"
#include "wire/close_code.h"

namespace wsm {

void MessageReader::expect_compression(const DeflateAgreement& agreement, std::size_t bytes_max) {
  compression_ = Inflater::Options{.window_bits = agreement.server_window_bits,
                                   .keeps_context = agreement.server_keeps_context,
                                   .message_bytes_max = bytes_max};
}

std::span<std::byte> MessageReader::prepare(std::span<std::byte> shared) {
  WSM_ASSERT(shared.size() >= kSharedMin);
  WSM_ASSERT(window_.empty());

  // Straight into message_ only while a read as large as the shared buffer would belong to this
  // frame alone; the end of the frame comes through the shared buffer, with what follows it.
  is_direct_ = state_ == State::kInGatheredFrame && !is_compressed_ &&
               payload_left_ >= shared.size() && message_.size() >= shared.size();
  if (is_direct_) {
    const auto room = message_.room(shared.size() / 4, gathered_bytes_max());
    prepared_ = room.first(std::min(room.size(), static_cast<std::size_t>(payload_left_)));
    return prepared_;
  }
  // The tail stays until commit(): a read that brings nothing must not lose it.
  const auto tail = tail_.bytes();
  if (!tail.empty()) std::memcpy(shared.data(), tail.data(), tail.size());
  prepared_ = shared;
  return shared.subspan(tail.size());
}

void MessageReader::commit(std::size_t count) {
  if (count == 0) return;
  const auto prepared = std::exchange(prepared_, {});
  const std::size_t size = tail_.size() + count;
  WSM_ASSERT(size <= prepared.size());
  if (state_ == State::kEnded) return;

  if (!is_direct_) return read_from(prepared.first(size));
  payload_left_ -= count;
  check_text(message_.commit(count));
}

void MessageReader::accept(std::span<const std::byte> bytes) {
  WSM_ASSERT(window_.empty());
  handed_out_ = {};
  accepted_ = {};
  prepared_ = {};
  if (state_ == State::kEnded || bytes.empty()) return;

  const std::size_t size = tail_.size() + bytes.size();
  accepted_.append(tail_.bytes(), size);
  accepted_.append(bytes, size);
  read_from(accepted_.bytes());
}

void MessageReader::read_from(std::span<const std::byte> bytes) {
  window_ = bytes;
  tail_ = {};
}

std::size_t MessageReader::buffered_bytes() const {
  return tail_.capacity() + message_.capacity() + handed_out_.capacity() + accepted_.capacity();
}

std::size_t MessageReader::compression_bytes() const {
  return inflater_ ? inflater_->memory_bytes() : 0;
}

std::optional<MessageReader::Incoming> MessageReader::next_in_general() {
  auto incoming = next_frame();
  if (!incoming) release_memory();
  return incoming;
}

/// A connection that is idle from here on must not keep the largest message that it ever had, nor
/// what is only needed within messages.
void MessageReader::release_memory() {
  handed_out_ = {};
  accepted_ = {};
  if (state_ == State::kBetweenMessages && inflater_ && !compression_->keeps_context) {
    inflater_.reset();
  }
}

std::optional<MessageReader::Incoming> MessageReader::next_frame() {
  while (state_ != State::kEnded) {
    if (state_ == State::kInGatheredFrame) {
      if (!gather()) return std::nullopt;
      if (is_last_frame_) return finish_gathered();
      state_ = State::kBetweenFragments;
    }
    const auto header = read_header();
    if (!header) return std::nullopt;
    if (is_control(header->opcode)) return read_control(*header);

    const bool is_fragment = !header->is_final || header->opcode == Opcode::kContinuation;
    if (!is_fragment && !header->is_compressed) return read_unfragmented(*header);
    begin_gathering(*header);
  }
  return std::nullopt;
}

/// The header at the front of the window, which stays there. None when it is not complete, which
/// keeps the tail, and when it cannot be accepted, which fails.
std::optional<FrameHeader> MessageReader::read_header() {
  if (window_.empty()) return std::nullopt;

  // The order of frames shows in the first byte already, so it comes before anything that the
  // bytes behind it could show.
  const auto opcode = static_cast<Opcode>(window_[0] & std::byte{0x0f});
  if (!is_in_sequence(opcode)) {
    fail(CloseCode::kProtocolError, opcode == Opcode::kContinuation
                                        ? "a continuation frame has no message to continue"
                                        : "a message begins before the one before it has ended");
    return std::nullopt;
  }
  auto header = parse_frame_header(window_, compression_.has_value());
  if (!header) {
    fail(header.error().code, header.error().detail);
    return std::nullopt;
  }
  if (!*header) {
    keep_tail();
    return std::nullopt;
  }
  // RFC 6455, section 10.4. Only lengths that have been checked enter announced_, so the difference
  // cannot wrap.
  const std::uint64_t allowed = limits_.message_bytes_max - announced_;
  if (!is_control((*header)->opcode) && (*header)->payload_size > allowed) {
    fail(CloseCode::kMessageTooBig, "a message is larger than the " +
                                        std::to_string(limits_.message_bytes_max) +
                                        " bytes that are allowed");
    return std::nullopt;
  }
  return *header;
}

/// RFC 6455, section 5.5. A message that is being gathered goes on behind it.
std::optional<MessageReader::Incoming> MessageReader::read_control(const FrameHeader& header) {
  const auto payload_size = static_cast<std::size_t>(header.payload_size);
  if (window_.size() - header.size < payload_size) {
    keep_tail();
    return std::nullopt;
  }
  const Incoming incoming{header.opcode, window_.subspan(header.size, payload_size)};
  window_ = window_.subspan(header.size + payload_size);
  if (header.opcode == Opcode::kClose) end();
  return incoming;
}

/// A message in one frame: hands it out if it is here, else keeps what is here of it, as the tail
/// or as the beginning of a gathered frame.
std::optional<MessageReader::Incoming> MessageReader::read_unfragmented(const FrameHeader& header) {
  opcode_ = header.opcode;
  const auto here = window_.subspan(header.size);
  const auto payload_size = static_cast<std::size_t>(header.payload_size);
  const auto payload = here.first(std::min(here.size(), payload_size));
  if (!check_text(payload.subspan(std::exchange(checked_, payload.size())))) return std::nullopt;

  if (payload.size() == payload_size) {
    checked_ = 0;
    state_ = State::kBetweenMessages;
    if (!check_text_end()) return std::nullopt;
    window_ = window_.subspan(header.size + payload_size);
    return Incoming{header.opcode, payload};
  }
  if (window_.size() <= kTailMax) {
    state_ = State::kInCutFrame;
    keep_tail();
    return std::nullopt;
  }
  begin_gathering(header);
  message_.append(payload, gathered_bytes_max());
  payload_left_ -= payload.size();
  window_ = {};
  return std::nullopt;
}

/// Takes the header off the window; its payload will go to message_.
void MessageReader::begin_gathering(const FrameHeader& header) {
  if (header.opcode != Opcode::kContinuation) {
    opcode_ = header.opcode;
    is_compressed_ = header.is_compressed;
    if (is_compressed_) {
      if (!inflater_) inflater_ = std::make_unique<Inflater>(*compression_);
      // A batch of compressed messages is expanded into one and the same memory.
      message_ = std::exchange(handed_out_, {});
      message_.clear();
    }
  }
  is_last_frame_ = header.is_final;
  payload_left_ = header.payload_size;
  announced_ += header.payload_size;
  checked_ = 0;
  state_ = State::kInGatheredFrame;
  window_ = window_.subspan(header.size);
}

/// Moves from the window what belongs to the gathered frame. True when all of the frame is here.
bool MessageReader::gather() {
  const auto size =
      static_cast<std::size_t>(std::min<std::uint64_t>(window_.size(), payload_left_));
  if (!add(window_.first(size))) return false;
  payload_left_ -= size;
  window_ = window_.subspan(size);
  return payload_left_ == 0;
}

/// Adds to message_ what `piece` is, or expands to.
bool MessageReader::add(std::span<const std::byte> piece) {
  if (is_compressed_) {
    const std::size_t begin = message_.size();
    return check_expanded(begin, inflater_->inflate(piece, message_));
  }
  if (!check_text(piece)) return false;
  message_.append(piece, gathered_bytes_max());
  return true;
}

/// What has been added to message_ from `begin` on came before `error`, and so do its faults.
bool MessageReader::check_expanded(std::size_t begin, std::optional<ProtocolError> error) {
  if (!check_text(message_.bytes().subspan(begin))) return false;
  if (error) fail(error->code, std::move(error->detail));
  return !error_;
}

std::optional<MessageReader::Incoming> MessageReader::finish_gathered() {
  if (is_compressed_) {
    const std::size_t begin = message_.size();
    if (!check_expanded(begin, inflater_->finish(message_))) return std::nullopt;
  }
  if (!check_text_end()) return std::nullopt;
  state_ = State::kBetweenMessages;
  is_compressed_ = false;
  announced_ = 0;
  handed_out_ = std::exchange(message_, {});
  return Incoming{opcode_, handed_out_.bytes()};
}

/// The largest size of message_ that the headers so far can lead to.
std::size_t MessageReader::gathered_bytes_max() const {
  if (!is_last_frame_) return limits_.message_bytes_max;
  return message_.size() + static_cast<std::size_t>(payload_left_);
}

/// RFC 6455, section 5.4: the fragments of one message are not mixed with those of another.
bool MessageReader::is_in_sequence(Opcode opcode) const {
  if (is_control(opcode)) return true;
  return (opcode == Opcode::kContinuation) == (state_ == State::kBetweenFragments);
}

/// Checks the next piece of the message's text; fails at its first wrong byte (RFC 6455, 8.1).
bool MessageReader::check_text(std::span<const std::byte> piece) {
  if (opcode_ != Opcode::kText || utf8_.feed(piece)) return true;
  fail(CloseCode::kInvalidPayload, "a text message is not UTF-8");
  return false;
}

bool MessageReader::check_text_end() {
  if (opcode_ != Opcode::kText || utf8_.is_complete()) return true;
  fail(CloseCode::kInvalidPayload, "a text message ends in the middle of a character");
  return false;
}

void MessageReader::keep_tail() {
  tail_.append(window_, window_.size());
  window_ = {};
}

void MessageReader::fail(CloseCode code, std::string detail) {
  error_ = ProtocolError{code, std::move(detail)};
  end();
}

/// Nothing is read from here on, and nothing is held for it.
void MessageReader::end() {
  state_ = State::kEnded;
  window_ = {};
  tail_ = {};
  message_ = {};
  inflater_.reset();
}

}  // namespace wsm
