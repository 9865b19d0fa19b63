#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <wsm/message.h>
#include <wsm/types.h>

namespace wsm::tail {

/// How a binary message looks in a line of text.
enum class BinaryForm : std::uint8_t {
  kBase64,
  kHex,
  kText,  ///< Its bytes as they are.
};

[[nodiscard]] constexpr std::string_view to_string(BinaryForm form) {
  switch (form) {
    case BinaryForm::kBase64: return "base64";
    case BinaryForm::kHex: return "hex";
    case BinaryForm::kText: return "text";
  }
  return "unknown";
}

[[nodiscard]] std::optional<BinaryForm> binary_form_from(std::string_view name);

enum class LineFormat : std::uint8_t {
  kPlain,  ///< The text as it is.
  kJson,   ///< One JSON object, with shard, generation and time.
};

[[nodiscard]] constexpr std::string_view to_string(LineFormat format) {
  switch (format) {
    case LineFormat::kPlain: return "plain";
    case LineFormat::kJson: return "json";
  }
  return "unknown";
}

/// Where a message came from and when.
struct MessageOrigin {
  ShardId shard;
  Generation generation;
  SystemTime time;
};

/// Makes one line of each message.
class MessageLine {
 public:
  MessageLine(LineFormat format, BinaryForm binary) : format_(format), binary_(binary) {}

  /// Appends the line of `message` with its newline.
  void append(std::string& out, const Message& message, const MessageOrigin& origin);

 private:
  void append_plain(std::string& out, const Message& message) const;
  void append_json(std::string& out, const Message& message, const MessageOrigin& origin);
  void append_time(std::string& out, SystemTime time);

  LineFormat format_;
  BinaryForm binary_;
  // The calendar is asked once a second, not once a message.
  std::chrono::sys_seconds second_{std::chrono::seconds{-1}};
  std::string second_text_;
};

}  // namespace wsm::tail
