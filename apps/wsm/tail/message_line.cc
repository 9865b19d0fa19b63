#include "tail/message_line.h"

#include <iterator>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "tail/json_text.h"

namespace wsm::tail {
namespace {

void append_bytes(std::string& out, const Message& message, BinaryForm form) {
  switch (form) {
    case BinaryForm::kBase64: return append_base64(out, message.bytes());
    case BinaryForm::kHex: return append_hex(out, message.bytes());
    case BinaryForm::kText: out += message.text(); return;
  }
}

}  // namespace

std::optional<BinaryForm> binary_form_from(std::string_view name) {
  for (const BinaryForm form : {BinaryForm::kBase64, BinaryForm::kHex, BinaryForm::kText}) {
    if (to_string(form) == name) return form;
  }
  return std::nullopt;
}

void MessageLine::append(std::string& out, const Message& message, const MessageOrigin& origin) {
  if (format_ == LineFormat::kJson) {
    append_json(out, message, origin);
  } else {
    append_plain(out, message);
  }
  out += '\n';
}

void MessageLine::append_plain(std::string& out, const Message& message) const {
  if (message.kind() == MessageKind::kText) {
    out += message.text();
    return;
  }
  if (binary_ != BinaryForm::kText) {
    fmt::format_to(std::back_inserter(out), "[binary, {} bytes, {}] ", message.size(),
                   to_string(binary_));
  }
  append_bytes(out, message, binary_);
}

void MessageLine::append_json(std::string& out, const Message& message,
                              const MessageOrigin& origin) {
  fmt::format_to(std::back_inserter(out), R"({{"shard":{},"generation":{},"time":")",
                 origin.shard.value(), origin.generation.value());
  append_time(out, origin.time);
  fmt::format_to(std::back_inserter(out), R"(","kind":"{}",)", to_string(message.kind()));
  if (message.kind() == MessageKind::kText) {
    out += R"("text":)";
    append_json_string(out, message.text());
  } else {
    // Bytes are no JSON string, so that the form "text" is base64 here.
    const BinaryForm form = binary_ == BinaryForm::kHex ? BinaryForm::kHex : BinaryForm::kBase64;
    fmt::format_to(std::back_inserter(out), R"("{}":")", to_string(form));
    append_bytes(out, message, form);
    out += '"';
  }
  out += '}';
}

void MessageLine::append_time(std::string& out, SystemTime time) {
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  if (second != second_) {
    second_ = second;
    second_text_ = fmt::format("{:%Y-%m-%dT%H:%M:%S}", fmt::gmtime(second));
  }
  const auto microseconds =
      std::chrono::duration_cast<std::chrono::microseconds>(time - second).count();
  fmt::format_to(std::back_inserter(out), "{}.{:06}Z", second_text_, microseconds);
}

}  // namespace wsm::tail
