#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "core/limits/frame_budget.h"
#include "wire/frame.h"

namespace wsm {

/// Where the frames of one connection wait for their slots, and which of them goes next.
///
/// Messages go in the order in which they came. A request is not made before it can go: who has
/// something to ask claims a place in that order, and makes the request when the claim is granted,
/// so that batches grow while they wait. Control frames and messages take turns where they want the
/// same slot, so that a flood of pings cannot keep requests back. A ping that is due and has no
/// slot yet keeps the next one, for whoever makes it may come later than the slot. One pong waits
/// at most, the answer to the last ping (RFC 6455, section 5.5.3). The close frame is the last.
///
/// Sans-IO: ask take() until it gives nothing; next_slot() says when to ask again.
class FrameGate {
 public:
  struct Frame {
    Opcode opcode = Opcode::kText;
    std::string payload = {};
    bool may_compress = false;
  };

  explicit FrameGate(const FrameBudget::Options& budget) : budget_(budget) {}

  // Commands.
  void push_message(Frame message);
  /// The request for which a claim was granted.
  void push_request(Frame request) { request_ = std::move(request); }
  /// Also as text.
  void push_ping(Frame ping) { ping_ = std::move(ping); }
  /// A ping is due, and will be made when there is a slot: no message goes before it.
  void expect_ping() { is_ping_expected_ = true; }
  void withdraw_ping() { is_ping_expected_ = false; }
  void push_pong(std::string payload) { pong_ = Frame{Opcode::kPong, std::move(payload)}; }
  /// Behind the messages that wait. Nothing may follow (RFC 6455, section 5.5.1).
  void push_close(std::string payload);
  /// They would be of no use any more.
  void drop_messages();
  /// There is something to ask. One claim waits at most.
  void queue_claim();
  /// Returns true when push_request() may come, at this very instant: the slot is kept for it so
  /// long. Otherwise the claim keeps its place. Only when take() gives nothing.
  [[nodiscard]] bool grant_claim(TimePoint now);
  void withdraw_claim() { claim_.reset(); }

  // Inputs.
  /// What take() gave has been written only now.
  void handle_written(TimePoint now) { budget_.handle_written(now); }

  // Outputs.
  [[nodiscard]] std::optional<Frame> take(TimePoint now);
  /// When something that waits can go; none when nothing waits.
  [[nodiscard]] std::optional<TimePoint> next_slot() const;

  // Getters.
  /// When a ping could go.
  [[nodiscard]] TimePoint ping_slot() const { return budget_.earliest(FrameKind::kControl); }
  /// Of the messages that wait, with their headers.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  [[nodiscard]] bool has_control() const { return ping_ || pong_; }
  [[nodiscard]] bool may_message(TimePoint now) const;
  [[nodiscard]] bool has_message() const { return request_ || claim_ || !messages_.empty(); }
  [[nodiscard]] bool is_close_next() const { return close_ && !has_control() && !has_message(); }
  [[nodiscard]] bool is_promised(TimePoint now) const { return promised_at_ == now; }
  [[nodiscard]] Frame take_control(TimePoint now);
  [[nodiscard]] std::optional<Frame> take_message(TimePoint now);

  FrameBudget budget_;
  std::deque<Frame> messages_;
  std::size_t bytes_ = 0;
  std::optional<Frame> request_;  // Goes before the messages.
  std::optional<Frame> ping_;
  std::optional<Frame> pong_;
  std::optional<Frame> close_;
  std::optional<std::size_t> claim_;      // How many messages go before it.
  std::optional<TimePoint> promised_at_;  // A claim was granted then.
  bool is_ping_expected_ = false;
  bool was_control_last_ = false;
};

}  // namespace wsm
