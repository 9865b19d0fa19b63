#include "base/printable.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace wsm {

namespace {

/// What a sequence of UTF-8 looks like: how many bytes, and which its first two may be (RFC 3629,
/// section 4).
struct Form {
  unsigned char first_min;
  unsigned char first_max;
  unsigned char second_min;
  unsigned char second_max;
  std::size_t size;
};

// Without the control characters, which end at 0x1f, and are 0x7f and U+0080 to U+009F.
constexpr std::array<Form, 9> kForms{{
    {0xc2, 0xc2, 0xa0, 0xbf, 2},
    {0xc3, 0xdf, 0x80, 0xbf, 2},
    {0xe0, 0xe0, 0xa0, 0xbf, 3},
    {0xe1, 0xec, 0x80, 0xbf, 3},
    {0xed, 0xed, 0x80, 0x9f, 3},
    {0xee, 0xef, 0x80, 0xbf, 3},
    {0xf0, 0xf0, 0x90, 0xbf, 4},
    {0xf1, 0xf3, 0x80, 0xbf, 4},
    {0xf4, 0xf4, 0x80, 0x8f, 4},
}};

unsigned char at(std::string_view text, std::size_t index) {
  return static_cast<unsigned char>(text[index]);
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

/// The bytes of the character at the front, or none if it is not to be printed.
std::size_t printable_front(std::string_view text) {
  const unsigned char first = at(text, 0);
  if (first < 0x80) return first >= ' ' && first != 0x7f ? 1 : 0;
  for (const Form& form : kForms) {
    if (first < form.first_min || first > form.first_max || text.size() < form.size) continue;
    if (at(text, 1) < form.second_min || at(text, 1) > form.second_max) continue;
    const auto rest = text.substr(2, form.size - 2);
    return std::all_of(rest.begin(), rest.end(), is_continuation) ? form.size : 0;
  }
  return 0;
}

/// The bytes of the character at the front that is not printed.
std::size_t refused_front(std::string_view text) {
  const bool is_c1 = text.size() >= 2 && at(text, 0) == 0xc2 && is_continuation(text[1]);
  return is_c1 ? 2 : 1;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const std::size_t size = printable_front(text);
    if (size > 0) clean += text.substr(0, size);
    if (size == 0) clean += '?';
    text.remove_prefix(size > 0 ? size : refused_front(text));
  }
  return clean;
}

}  // namespace wsm
