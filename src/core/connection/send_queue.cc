#include "core/connection/send_queue.h"

#include <utility>

#include "wire/frame_encoder.h"
#include "wire/utf8_validator.h"

namespace wsm {
namespace {

std::string text_of(std::span<const std::byte> payload) {
  return {reinterpret_cast<const char*>(payload.data()), payload.size()};
}

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span{text});
}

Opcode opcode_of(const OutgoingMessage& message) {
  return message.kind() == MessageKind::kText ? Opcode::kText : Opcode::kBinary;
}

}  // namespace

SendQueue::SendQueue(EntropySource& entropy, const FrameBudget::Options& budget)
    : entropy_(entropy) {
  if (budget.is_limited()) gate_.emplace(budget);
}

void SendQueue::compress(const DeflateAgreement& agreement) {
  if (agreement.client_window_bits < Deflater::kWindowBitsMin) return;
  deflater_.emplace(Deflater::Options{.window_bits = agreement.client_window_bits,
                                      .keeps_context = agreement.client_keeps_context});
}

void SendQueue::push_raw(std::string_view bytes) { bytes_.append(bytes_of(bytes)); }

Result<void> SendQueue::push_message(const OutgoingMessage& message) {
  if (auto checked = check(message); !checked) return checked;
  if (gate_) {
    gate_->push_message(
        {opcode_of(message), std::string{message.payload()}, deflater_.has_value()});
  } else {
    push_frame(opcode_of(message), bytes_of(message.payload()), deflater_.has_value());
  }
  return {};
}

Result<void> SendQueue::push_request(const OutgoingMessage& message) {
  if (!gate_) return push_message(message);
  if (auto checked = check(message); !checked) return checked;
  gate_->push_request({opcode_of(message), std::string{message.payload()}, deflater_.has_value()});
  return {};
}

void SendQueue::push_ping(std::span<const std::byte> payload) {
  if (gate_) return gate_->push_ping({Opcode::kPing, text_of(payload)});
  push_frame(Opcode::kPing, payload);
}

void SendQueue::push_text_ping(std::string_view text) {
  if (gate_) return gate_->push_ping({Opcode::kText, std::string{text}});
  push_frame(Opcode::kText, bytes_of(text));
}

void SendQueue::push_pong(std::span<const std::byte> payload) {
  if (gate_) return gate_->push_pong(text_of(payload));
  if (bytes_.size() > kPongBacklogMax) {
    deferred_pong_ = text_of(payload);
    return;
  }
  push_frame(Opcode::kPong, payload);
}

void SendQueue::push_close(std::optional<CloseCode> code, std::string_view reason) {
  deferred_pong_.reset();  // Nothing may follow a close frame (RFC 6455, section 5.5.1).
  std::string payload = code ? encode_close_payload(*code, reason) : std::string{};
  if (gate_) return gate_->push_close(std::move(payload));
  push_frame(Opcode::kClose, bytes_of(payload));
}

void SendQueue::drop_messages() {
  if (gate_) gate_->drop_messages();
}

bool SendQueue::claim_request(TimePoint now) {
  if (!gate_) return true;
  gate_->queue_claim();
  release(now);  // What came before goes before.
  return !is_blocked(now) && gate_->grant_claim(now);
}

void SendQueue::withdraw_claim() {
  if (gate_) gate_->withdraw_claim();
}

void SendQueue::release(TimePoint now) {
  if (!gate_ || is_blocked(now)) return;
  while (const auto frame = gate_->take(now)) {
    push_frame(frame->opcode, bytes_of(frame->payload), frame->may_compress);
    released_at_ = now;
  }
}

void SendQueue::consume(std::size_t count, TimePoint now) {
  bytes_.consume(count);
  if (gate_) {
    if (!bytes_.empty()) return;
    gate_->handle_written(now);
    return release(now);
  }
  if (!deferred_pong_ || bytes_.size() > kPongBacklogMax) return;
  push_frame(Opcode::kPong, bytes_of(*deferred_pong_));
  deferred_pong_.reset();
}

std::optional<TimePoint> SendQueue::next_slot() const {
  return gate_ && bytes_.empty() ? gate_->next_slot() : std::nullopt;
}

Result<void> SendQueue::check(const OutgoingMessage& message) const {
  const auto payload = std::as_bytes(std::span{message.payload()});
  if (payload.size() > kBytesMax) {
    return Failure{Error{Errc::kMessageTooLarge, std::to_string(payload.size()) + " bytes"}};
  }
  const std::size_t waiting = bytes_.size() + (gate_ ? gate_->bytes() : 0);
  if (waiting + payload.size() > kBytesMax) {
    return Failure{Error{Errc::kSendQueueFull, std::to_string(waiting) + " bytes wait already"}};
  }
  // The server would have to fail the connection (RFC 6455, section 8.1).
  if (message.kind() == MessageKind::kText && !is_utf8(payload)) {
    return Failure{Error{Errc::kInvalidUtf8, {}}};
  }
  return {};
}

/// Messages are compressed here, where their order is final, for each may refer to those before it.
void SendQueue::push_frame(Opcode opcode, std::span<const std::byte> payload, bool may_compress) {
  const bool is_to_be = may_compress && payload.size() >= Deflater::kWorthwhile;
  if (const auto compressed = is_to_be ? deflater_->deflate(payload) : std::nullopt) {
    return encode_frame(bytes_, opcode, *compressed, entropy_.mask_key(), PayloadForm::kCompressed);
  }
  encode_frame(bytes_, opcode, payload, entropy_.mask_key());
}

}  // namespace wsm
