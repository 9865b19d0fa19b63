// The receiving half of Connection: bytes → frames → messages. On the path of every message.

#include <cstring>
#include <utility>

#include "base/assert.h"
#include "core/connection/connection.h"

namespace wsm {

std::span<std::byte> Connection::prepare_receive(std::span<std::byte> shared) {
  if (status_ == ConnectionStatus::kUpgrading) return upgrade_space_ = shared;
  return reader_.prepare(shared);
}

void Connection::commit_receive(std::size_t count, TimePoint now) {
  batch_time_ = now;
  if (status_ == ConnectionStatus::kUpgrading) return receive_upgrade(upgrade_space_.first(count));
  reader_.commit(count);
}

std::optional<Message> Connection::poll_message() {
  while (!is_closed()) {
    const auto incoming = reader_.next();
    if (!incoming) break;
    if (is_control(incoming->opcode)) {
      receive_control(*incoming);
      continue;
    }
    ++traffic_.messages_received;
    traffic_.bytes_received += incoming->payload.size();
    traffic_.last_message_at = batch_time_;
    if (settings_.text_ping && is_text_pong(incoming->payload)) {
      receive_pong(std::nullopt);
      continue;
    }
    const auto kind = incoming->opcode == Opcode::kText ? MessageKind::kText : MessageKind::kBinary;
    return Message{kind, incoming->payload};
  }
  if (reader_.error()) fail(*reader_.error());
  return std::nullopt;
}

void Connection::receive_upgrade(std::span<const std::byte> bytes) {
  switch (upgrade_->receive(bytes)) {
    case UpgradeResponseReader::Progress::kNeedsMore: return;
    case UpgradeResponseReader::Progress::kRefused: return abort(upgrade_->failure());
    case UpgradeResponseReader::Progress::kAccepted: break;
  }
  subprotocol_ = upgrade_->subprotocol();
  deflate_ = upgrade_->deflate();
  if (deflate_) reader_.expect_compression(*deflate_, settings_.decompressed_bytes_max);
  reader_.accept(upgrade_->rest());
  upgrade_.reset();
  enter(ConnectionStatus::kGreeting);
  actions_.push_back(Greet{});
}

void Connection::receive_control(const MessageReader::Incoming& frame) {
  switch (frame.opcode) {
    case Opcode::kPing:
      // After a close frame of ours nothing may be sent any more (RFC 6455, section 5.5.1).
      if (status_ != ConnectionStatus::kClosing) out_.push_pong(frame.payload);
      return;
    case Opcode::kPong: {
      std::uint64_t payload = 0;
      if (frame.payload.size() != sizeof payload) return;
      std::memcpy(&payload, frame.payload.data(), sizeof payload);
      return receive_pong(payload);
    }
    case Opcode::kClose: return receive_close(frame.payload);
    default: WSM_ASSERT(false && "only control frames come here");
  }
}

void Connection::receive_pong(std::optional<std::uint64_t> payload) {
  if (!keepalive_ || !keepalive_->handle_pong(payload, batch_time_)) return;
  ++traffic_.pongs_received;
  notices_.push_back(Answered{*keepalive_->last_round_trip()});
}

void Connection::receive_close(std::span<const std::byte> payload) {
  auto frame = parse_close_payload(payload);
  if (!frame) return fail(frame.error());
  // The answer to ours: TCP is the server's to end.
  if (status_ == ConnectionStatus::kClosing) return await_end(batch_time_);
  set_reason({.kind = DisconnectKind::kClosedByServer,
              .detail = std::move(frame->reason),
              .close_code = frame->code});
  // Answered with the code that came (section 5.5.1), or without one as it came.
  std::optional<CloseCode> echo;
  if (frame->code) echo = static_cast<CloseCode>(*frame->code);
  out_.drop_messages();
  begin_closing(echo, {}, settings_.linger, batch_time_);
}

/// Fails the connection (RFC 6455, section 7.1.7): says why, and lets the server read it before TCP
/// ends, for a reset would destroy the close frame on its way.
void Connection::fail(const ProtocolError& error) {
  if (is_closed() || std::exchange(has_failed_, true)) return;
  set_reason({.kind = DisconnectKind::kProtocolError, .detail = error.detail});
  if (status_ == ConnectionStatus::kClosing) return await_end(batch_time_);
  out_.drop_messages();
  begin_closing(error.code, error.detail, settings_.linger, batch_time_);
}

// Of either kind: servers of protocols that are older than WebSocket, such as NATS, send all that
// they say in binary messages.
bool Connection::is_text_pong(std::span<const std::byte> payload) const {
  const std::string& pong = settings_.text_pong;
  return payload.size() == pong.size() &&
         std::memcmp(payload.data(), pong.data(), pong.size()) == 0;
}

}  // namespace wsm
