#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "wire/deflate_agreement.h"
#include "wire/frame.h"
#include "wire/frame_header.h"
#include "wire/gather_buffer.h"
#include "wire/inflater.h"
#include "wire/protocol_error.h"
#include "wire/utf8_validator.h"
#include "wire/whole_message.h"

namespace wsm {

/// Turns received bytes into whole messages and control frames.
///
/// Many connections of a thread take turns with one large receive buffer. A message that lies whole
/// in it is handed out as a view, without a copy. Of a frame that a read cut off, a short beginning
/// is kept with its connection and put to the front of the shared buffer for the next read; what is
/// longer, or a fragment, is gathered in memory of the reader's own, which grows as bytes arrive.
/// When much of a frame is still to come, it is received straight into that memory. A reader that
/// is between messages holds no buffer, once next() has returned nothing.
///
///     auto space = reader.prepare(thread_buffer);
///     reader.commit(read(socket, space));
///     while (auto incoming = reader.next()) …;
///
/// The same bytes give the same messages and the same error, however they are cut. Text is checked
/// as it arrives: a wrong byte is an error before its message is complete.
///
/// Compressed messages (RFC 7692) are expanded as they arrive, into memory of their own.
///
/// What this does not do: it sends nothing, and does not judge what a close frame says
/// (close_code.h does).
class MessageReader {
 public:
  struct Limits {
    std::size_t message_bytes_max;
  };

  /// A message (kText, kBinary) or a control frame (kClose, kPing, kPong).
  struct Incoming {
    Opcode opcode;
    std::span<const std::byte> payload;  ///< Valid until the next call of next().
  };

  explicit MessageReader(const Limits& limits) : limits_(limits) {}

  /// Messages may be compressed from now on; `bytes_max` bounds what one expands to, and the limit
  /// of this reader what it takes on the wire. Before the first bytes.
  void expect_compression(const DeflateAgreement& agreement, std::size_t bytes_max);

  /// Where the next received bytes are to be put; never empty. `shared` must hold kSharedMin bytes
  /// at least, and stay untouched from commit() until next() has returned nothing. If nothing was
  /// received, commit() may be left out.
  [[nodiscard]] std::span<std::byte> prepare(std::span<std::byte> shared);

  /// `count` bytes stand where prepare() said.
  void commit(std::size_t count);

  /// The same for bytes that are somewhere else; copies them.
  void accept(std::span<const std::byte> bytes);

  /// The next whole message or control frame; none when more bytes are needed, error() is set, or
  /// after a close frame, behind which nothing counts (RFC 6455, section 5.5.1).
  /// Call it until it returns nothing before the next prepare() or accept().
  /// Cost: for a message that lies whole in the buffer, no copy and no allocation.
  [[nodiscard]] std::optional<Incoming> next();

  /// What the peer broke; nothing is read after that.
  [[nodiscard]] const std::optional<ProtocolError>& error() const { return error_; }

  /// Bytes of memory that this reader holds: for what has not arrived completely, and for what
  /// next() has handed out last.
  [[nodiscard]] std::size_t buffered_bytes() const;
  /// Bytes of memory for compression. Between messages none, if their context is not kept.
  [[nodiscard]] std::size_t compression_bytes() const;

  static constexpr std::size_t kSharedMin = 4096;

 private:
  enum class State : std::uint8_t {
    kBetweenMessages,   // A header comes next.
    kInCutFrame,        // The same, but checked_ bytes of its payload have been looked at already.
    kBetweenFragments,  // A header comes next, and message_ holds the fragments before it.
    kInGatheredFrame,   // payload_left_ bytes of the frame are still to come into message_.
    kEnded,             // After a close frame or an error.
  };

  // Up to this a cut frame is moved back and forth between the reader and the shared buffer: cheap,
  // and it can then be handed out as a view. It always leaves room in the smallest shared buffer,
  // and bounds what a peer that sends single bytes can make us copy.
  static constexpr std::size_t kTailMax = kSharedMin / 2;

  [[nodiscard]] std::optional<Incoming> next_in_general();
  [[nodiscard]] std::optional<Incoming> next_frame();
  [[nodiscard]] std::optional<FrameHeader> read_header();
  [[nodiscard]] std::optional<Incoming> read_control(const FrameHeader& header);
  [[nodiscard]] std::optional<Incoming> read_unfragmented(const FrameHeader& header);
  void begin_gathering(const FrameHeader& header);
  [[nodiscard]] bool gather();
  bool add(std::span<const std::byte> piece);
  bool check_expanded(std::size_t begin, std::optional<ProtocolError> error);
  [[nodiscard]] std::optional<Incoming> finish_gathered();
  void release_memory();

  [[nodiscard]] std::size_t gathered_bytes_max() const;
  [[nodiscard]] bool is_in_sequence(Opcode opcode) const;
  bool check_text(std::span<const std::byte> piece);
  [[nodiscard]] bool check_text_end();
  void keep_tail();
  void read_from(std::span<const std::byte> bytes);
  void fail(CloseCode code, std::string detail);
  void end();

  Limits limits_;
  State state_ = State::kBetweenMessages;

  std::span<const std::byte> window_;  // Received, and not read yet.
  std::span<std::byte> prepared_;      // Where commit() finds its bytes; from its front if shared.
  bool is_direct_ = false;             // prepared_ is room of message_, not shared.

  GatherBuffer tail_;            // The beginning of a frame; the window goes on behind it.
  std::size_t checked_ = 0;      // Bytes of its payload that utf8_ has seen.
  GatherBuffer message_;         // Payload of the message that is being gathered.
  Opcode opcode_{};              // Of the message that is being read or gathered.
  bool is_compressed_ = false;   // The same.
  std::uint64_t announced_ = 0;  // By the headers of the message that is being gathered.
  bool is_last_frame_ = false;
  std::uint64_t payload_left_ = 0;
  Utf8Validator utf8_;  // Complete between messages.

  std::optional<Inflater::Options> compression_;  // Set if messages may be compressed.
  std::unique_ptr<Inflater> inflater_;            // From the first that is.

  GatherBuffer handed_out_;  // What the last view points to.
  GatherBuffer accepted_;    // What the window points to, if it came by accept().
  std::optional<ProtocolError> error_;
};

inline std::optional<MessageReader::Incoming> MessageReader::next() {
  if (state_ == State::kBetweenMessages) {
    const auto message = match_whole_message(window_);
    if (message && message->payload.size() <= limits_.message_bytes_max &&
        (message->opcode == Opcode::kBinary || is_utf8(message->payload))) {
      window_ = window_.subspan(message->frame_size);
      return Incoming{message->opcode, message->payload};
    }
  }
  return next_in_general();
}

}  // namespace wsm
