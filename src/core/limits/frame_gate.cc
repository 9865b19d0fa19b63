#include "core/limits/frame_gate.h"

#include <algorithm>
#include <utility>

namespace wsm {

void FrameGate::push_message(Frame message) {
  bytes_ += message.payload.size() + kFrameHeaderMax;
  messages_.push_back(std::move(message));
}

void FrameGate::push_close(std::string payload) {
  ping_.reset();
  is_ping_expected_ = false;
  pong_.reset();
  claim_.reset();
  promised_at_.reset();
  close_ = Frame{Opcode::kClose, std::move(payload)};
}

void FrameGate::drop_messages() {
  request_.reset();
  messages_.clear();
  bytes_ = 0;
}

void FrameGate::queue_claim() {
  if (!claim_) claim_ = messages_.size();
}

bool FrameGate::grant_claim(TimePoint now) {
  if (claim_ != 0U || request_ || !may_message(now)) return false;
  claim_.reset();
  promised_at_ = now;
  return true;
}

std::optional<FrameGate::Frame> FrameGate::take(TimePoint now) {
  const bool may_control = has_control() && budget_.allows(FrameKind::kControl, now);
  const bool is_messages_turn = (has_message() || is_promised(now)) && may_message(now);
  if (may_control && !(is_messages_turn && was_control_last_)) return take_control(now);
  if (is_messages_turn) return take_message(now);
  if (!is_close_next() || !budget_.allows(FrameKind::kControl, now)) return std::nullopt;
  budget_.take(FrameKind::kControl, now);
  return std::exchange(close_, std::nullopt);
}

std::optional<TimePoint> FrameGate::next_slot() const {
  std::optional<TimePoint> next;
  if (has_message()) next = budget_.earliest(FrameKind::kMessage);
  if (has_control() || is_close_next()) {
    const TimePoint slot = budget_.earliest(FrameKind::kControl);
    next = std::min(next.value_or(slot), slot);
  }
  // What stood back for a promise that was not kept goes on a moment later.
  if (next && promised_at_) next = std::max(*next, *promised_at_ + Duration{1});
  return next;
}

bool FrameGate::may_message(TimePoint now) const {
  return !is_ping_expected_ && budget_.allows(FrameKind::kMessage, now);
}

FrameGate::Frame FrameGate::take_control(TimePoint now) {
  budget_.take(FrameKind::kControl, now);
  was_control_last_ = true;
  // A ping is rare, and its answer is waited for.
  return *std::exchange(ping_ ? ping_ : pong_, std::nullopt);
}

/// Nothing when the slot is kept for a request that has not been made yet.
std::optional<FrameGate::Frame> FrameGate::take_message(TimePoint now) {
  if (!request_ && (is_promised(now) || claim_ == 0U)) return std::nullopt;
  budget_.take(FrameKind::kMessage, now);
  was_control_last_ = false;
  if (request_) {
    promised_at_.reset();
    return std::exchange(request_, std::nullopt);
  }
  Frame message = std::move(messages_.front());
  messages_.pop_front();
  bytes_ -= message.payload.size() + kFrameHeaderMax;
  if (claim_) --*claim_;
  return message;
}

}  // namespace wsm
