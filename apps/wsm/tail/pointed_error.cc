#include "tail/pointed_error.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

namespace wsm::tail {
namespace {

// What is shown before and after the place, so that the line fits into a terminal.
constexpr std::size_t kBytesBefore = 48;
constexpr std::size_t kBytesAfter = 24;

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

std::size_t start_of_character(std::string_view text, std::size_t position) {
  while (position > 0 && position < text.size() && continues_character(text[position])) --position;
  return position;
}

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues_character(c); }));
}

}  // namespace

std::string to_string(const PointedError& error) {
  const std::string_view text = error.text;
  const std::size_t place = start_of_character(text, std::min(error.position, text.size()));
  const std::size_t first =
      start_of_character(text, place > kBytesBefore ? place - kBytesBefore : 0);
  const std::size_t last = start_of_character(text, std::min(text.size(), place + kBytesAfter));

  const std::string_view cut_before = first > 0 ? "..." : "";
  const std::string_view cut_after = last < text.size() ? "..." : "";
  std::string shown{text.substr(first, last - first)};
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20U; },
      ' ');
  const std::size_t indent = cut_before.size() + columns(text.substr(first, place - first));
  return fmt::format("{}\n  {}{}{}\n  {:>{}}", error.problem, cut_before, shown, cut_after, "^",
                     indent + 1);
}

}  // namespace wsm::tail
