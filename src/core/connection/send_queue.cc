#include "core/connection/send_queue.h"

#include "wire/frame_encoder.h"
#include "wire/utf8_validator.h"

namespace wsm {

void SendQueue::push_raw(std::string_view bytes) { bytes_.append(std::as_bytes(std::span{bytes})); }

Result<void> SendQueue::push_message(const OutgoingMessage& message) {
  const auto payload = std::as_bytes(std::span{message.payload()});
  if (payload.size() > kBytesMax) {
    return Failure{Error{Errc::kMessageTooLarge, std::to_string(payload.size()) + " bytes"}};
  }
  if (bytes_.size() + payload.size() > kBytesMax) {
    return Failure{
        Error{Errc::kSendQueueFull, std::to_string(bytes_.size()) + " bytes wait already"}};
  }
  const bool is_text = message.kind() == MessageKind::kText;
  // The server would have to fail the connection (RFC 6455, section 8.1).
  if (is_text && !is_utf8(payload)) return Failure{Error{Errc::kInvalidUtf8, {}}};
  push_frame(is_text ? Opcode::kText : Opcode::kBinary, payload);
  return {};
}

void SendQueue::push_ping(std::span<const std::byte> payload) {
  push_frame(Opcode::kPing, payload);
}

void SendQueue::push_pong(std::span<const std::byte> payload) {
  if (bytes_.size() > kPongBacklogMax) {
    deferred_pong_.emplace(reinterpret_cast<const char*>(payload.data()), payload.size());
    return;
  }
  push_frame(Opcode::kPong, payload);
}

void SendQueue::push_close(std::optional<CloseCode> code, std::string_view reason) {
  deferred_pong_.reset();  // Nothing may follow a close frame (RFC 6455, section 5.5.1).
  const std::string payload = code ? encode_close_payload(*code, reason) : std::string{};
  push_frame(Opcode::kClose, std::as_bytes(std::span{payload}));
}

void SendQueue::consume(std::size_t count) {
  bytes_.consume(count);
  if (!deferred_pong_ || bytes_.size() > kPongBacklogMax) return;
  push_frame(Opcode::kPong, std::as_bytes(std::span{*deferred_pong_}));
  deferred_pong_.reset();
}

void SendQueue::push_frame(Opcode opcode, std::span<const std::byte> payload) {
  encode_frame(bytes_, opcode, payload, entropy_.mask_key());
}

}  // namespace wsm
