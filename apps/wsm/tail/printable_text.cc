#include "tail/printable_text.h"

#include <algorithm>
#include <cstddef>

#include <simdjson.h>

namespace wsm::tail {
namespace {

constexpr unsigned char kDelete = 0x7f;
constexpr unsigned char kFirstByteOfC1 = 0xc2;

unsigned char byte_at(std::string_view text, std::size_t position) {
  return static_cast<unsigned char>(text[position]);
}

// The length of the character at the beginning of `text`; 0 when there is none, or one that
// commands: terminals obey U+0080 to U+009F like the controls of ASCII.
std::size_t printable_length(std::string_view text) {
  const unsigned char first = byte_at(text, 0);
  if (first < 0x80U) return first >= 0x20U && first != kDelete ? 1 : 0;
  if (first == kFirstByteOfC1 && text.size() > 1 && byte_at(text, 1) < 0xa0U) return 0;
  const std::size_t length = first < 0xe0U ? 2 : first < 0xf0U ? 3 : 4;
  if (length > text.size() || !simdjson::validate_utf8(text.data(), length)) return 0;
  return length;
}

}  // namespace

std::string printable_text(std::string_view text) {
  std::string printable;
  printable.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = printable_length(text);
    if (length == 0) {
      printable += '?';
    } else {
      printable += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return printable;
}

}  // namespace wsm::tail
