#include "tail/escaped_text.h"

#include <charconv>
#include <cstdint>
#include <system_error>

#include <simdjson.h>

namespace wsm::tail {
namespace {

constexpr std::size_t kHexDigits = 2;

PointedError unknown_escape(std::string_view text, std::size_t position) {
  return {R"(unknown escape; there are \r \n \t \0 \\ and \xHH with two hexadecimal digits)",
          std::string{text}, position};
}

}  // namespace

bool is_json_text(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

Result<std::size_t, PointedError> append_escape(std::string& out, std::string_view text,
                                                std::size_t position) {
  const char letter = position + 1 < text.size() ? text[position + 1] : ' ';
  switch (letter) {
    case 'r': out += '\r'; return position + 2;
    case 'n': out += '\n'; return position + 2;
    case 't': out += '\t'; return position + 2;
    case '0': out += '\0'; return position + 2;
    case '\\': out += '\\'; return position + 2;
    case 'x': break;
    default: return Failure{unknown_escape(text, position)};
  }
  const std::string_view digits = text.substr(position + 2, kHexDigits);
  std::uint8_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, value, 16);
  if (error != std::errc{} || rest != end || digits.size() != kHexDigits) {
    return Failure{unknown_escape(text, position)};
  }
  out += static_cast<char>(value);
  return position + 2 + kHexDigits;
}

Result<std::string, PointedError> unescape_text(std::string_view text) {
  std::string plain;
  if (is_json_text(text)) plain = text;
  for (std::size_t at = plain.size(); at < text.size();) {
    if (text[at] != '\\') {
      plain += text[at++];
      continue;
    }
    const auto behind = append_escape(plain, text, at);
    if (!behind) return Failure{behind.error()};
    at = *behind;
  }
  if (!simdjson::validate_utf8(plain.data(), plain.size())) {
    return Failure{PointedError{"a text message must be UTF-8", std::string{text}, 0}};
  }
  return plain;
}

}  // namespace wsm::tail
