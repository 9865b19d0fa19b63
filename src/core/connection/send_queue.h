#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <wsm/message.h>
#include <wsm/result.h>

#include "base/byte_queue.h"
#include "base/entropy.h"
#include "wire/close_code.h"
#include "wire/frame.h"

namespace wsm {

/// What a connection has to send: frames back to back, so that one write takes all of them.
///
/// Bounded: messages are refused while more than kBytesMax wait, which is a server that has stopped
/// reading. Control frames are small and always go in, except that a flood of pings gets one answer
/// for the last of them (RFC 6455, section 5.5.3) instead of growing the queue.
class SendQueue {
 public:
  static constexpr std::size_t kBytesMax = 64 * 1024 * 1024;
  static constexpr std::size_t kPongBacklogMax = 64 * 1024;

  explicit SendQueue(EntropySource& entropy) : entropy_(entropy) {}

  // Commands.
  /// Bytes that are no frame: the upgrade request.
  void push_raw(std::string_view bytes);
  /// Errors: kInvalidUtf8, kMessageTooLarge, kSendQueueFull.
  Result<void> push_message(const OutgoingMessage& message);
  void push_ping(std::span<const std::byte> payload);
  void push_pong(std::span<const std::byte> payload);
  void push_close(std::optional<CloseCode> code, std::string_view reason);

  // Data plane.
  /// Everything that waits. Lifetime: until the next command or consume().
  [[nodiscard]] std::span<const std::byte> pending() const { return bytes_.front(); }
  void consume(std::size_t count);

  [[nodiscard]] bool empty() const { return bytes_.empty(); }

 private:
  void push_frame(Opcode opcode, std::span<const std::byte> payload);

  EntropySource& entropy_;
  ByteQueue bytes_;
  std::optional<std::string> deferred_pong_;
};

}  // namespace wsm
