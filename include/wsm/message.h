#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace wsm {

enum class MessageKind : std::uint8_t { kText, kBinary };

[[nodiscard]] constexpr std::string_view to_string(MessageKind kind) {
  switch (kind) {
    case MessageKind::kText: return "text";
    case MessageKind::kBinary: return "binary";
  }
  return "unknown";
}

/// One received message: a view into the library's buffer.
///
/// Lifetime: valid until the hook that it was given to returns; copy what must live longer.
/// Text has been checked to be UTF-8 (RFC 6455, section 8.1).
class Message {
 public:
  Message(MessageKind kind, std::span<const std::byte> payload) : payload_(payload), kind_(kind) {}

  [[nodiscard]] MessageKind kind() const { return kind_; }
  [[nodiscard]] std::size_t size() const { return payload_.size(); }
  [[nodiscard]] std::span<const std::byte> bytes() const { return payload_; }

  /// The payload as characters, whichever kind the message has.
  [[nodiscard]] std::string_view text() const {
    return {reinterpret_cast<const char*>(payload_.data()), payload_.size()};
  }

 private:
  std::span<const std::byte> payload_;
  MessageKind kind_;
};

/// One message to send; owns its bytes.
class OutgoingMessage {
 public:
  /// Text must be UTF-8; sending anything else fails with Errc::kInvalidUtf8.
  [[nodiscard]] static OutgoingMessage text(std::string payload) {
    return {MessageKind::kText, std::move(payload)};
  }
  [[nodiscard]] static OutgoingMessage binary(std::span<const std::byte> payload) {
    return {MessageKind::kBinary,
            std::string{reinterpret_cast<const char*>(payload.data()), payload.size()}};
  }

  /// For a request whose answer says which request it answers: `id` is what inspect() will give as
  /// Inspection::request. To be unique among the requests of a connection that wait for an answer.
  [[nodiscard]] OutgoingMessage with_request(std::uint64_t id) && {
    request_ = id;
    return std::move(*this);
  }

  [[nodiscard]] MessageKind kind() const { return kind_; }
  [[nodiscard]] std::size_t size() const { return payload_.size(); }
  [[nodiscard]] const std::string& payload() const { return payload_; }
  [[nodiscard]] std::optional<std::uint64_t> request() const { return request_; }

  friend bool operator==(const OutgoingMessage&, const OutgoingMessage&) = default;

 private:
  OutgoingMessage(MessageKind kind, std::string payload)
      : kind_(kind), payload_(std::move(payload)) {}

  MessageKind kind_;
  std::string payload_;
  std::optional<std::uint64_t> request_;
};

}  // namespace wsm
