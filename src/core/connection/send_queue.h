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
#include "base/time.h"
#include "core/limits/frame_gate.h"
#include "wire/close_code.h"
#include "wire/deflate_agreement.h"
#include "wire/deflater.h"
#include "wire/frame.h"

namespace wsm {

/// What a connection has to send: frames back to back, so that one write takes all of them.
///
/// Bounded: messages are refused while more than kBytesMax wait, which is a server that has stopped
/// reading. Control frames are small and always go in, except that a flood of pings gets one answer
/// for the last of them (RFC 6455, section 5.5.3) instead of growing the queue.
///
/// With a budget, frames wait in a FrameGate until release() finds a slot for them. What was
/// released and is not written counts as sent when it is written, and nothing follows before: a
/// server that reads late sees no burst of several windows.
class SendQueue {
 public:
  static constexpr std::size_t kBytesMax = 64 * 1024 * 1024;
  static constexpr std::size_t kPongBacklogMax = 64 * 1024;

  explicit SendQueue(EntropySource& entropy, const FrameBudget::Options& budget = {});

  // Commands.
  /// Messages from now on may be compressed, where that is worth it. What was pushed before is not:
  /// on_connect logs in, and lengths must tell nothing of what others make a connection send along
  /// with a secret.
  void compress(const DeflateAgreement& agreement);
  /// Bytes that are no frame: the upgrade request.
  void push_raw(std::string_view bytes);
  /// Errors: kInvalidUtf8, kMessageTooLarge, kSendQueueFull.
  Result<void> push_message(const OutgoingMessage& message);
  /// The same, for what claim_request() has allowed: it goes first.
  Result<void> push_request(const OutgoingMessage& message);
  void push_ping(std::span<const std::byte> payload);
  void push_text_ping(std::string_view text);
  /// A ping is due, but has no slot yet: the next one is its.
  void expect_ping() {
    if (gate_) gate_->expect_ping();
  }
  void withdraw_ping() {
    if (gate_) gate_->withdraw_ping();
  }
  void push_pong(std::span<const std::byte> payload);
  void push_close(std::optional<CloseCode> code, std::string_view reason);
  /// Those that wait for slots: nobody would read them.
  void drop_messages();
  /// Whether a request may be made now, for it can go at once. Otherwise its place is kept.
  [[nodiscard]] bool claim_request(TimePoint now);
  /// There is nothing to ask any more.
  void withdraw_claim();
  /// Lets go what may go now.
  void release(TimePoint now);

  // Data plane.
  /// Everything that was released. Lifetime: until the next command or consume().
  [[nodiscard]] std::span<const std::byte> pending() const { return bytes_.front(); }
  void consume(std::size_t count, TimePoint now);

  // Outputs.
  /// When release() has something to do; not while something waits to be written.
  [[nodiscard]] std::optional<TimePoint> next_slot() const;

  // Getters.
  /// Memory for compression.
  [[nodiscard]] std::size_t compression_bytes() const {
    return deflater_ ? deflater_->memory_bytes() : 0;
  }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  /// When a ping could go; long ago if nothing is in its way.
  [[nodiscard]] TimePoint ping_slot() const {
    return gate_ ? gate_->ping_slot() : TimePoint::min();
  }

 private:
  [[nodiscard]] Result<void> check(const OutgoingMessage& message) const;
  [[nodiscard]] bool is_blocked(TimePoint now) const {
    return !bytes_.empty() && released_at_ != now;
  }
  void push_frame(Opcode opcode, std::span<const std::byte> payload, bool may_compress = false);

  EntropySource& entropy_;
  std::optional<Deflater> deflater_;  // Exists when messages may be compressed.
  ByteQueue bytes_;
  std::optional<std::string> deferred_pong_;  // Without a gate_.
  std::optional<FrameGate> gate_;             // Exists when there is a budget.
  std::optional<TimePoint> released_at_;      // The last frame in bytes_.
};

}  // namespace wsm
