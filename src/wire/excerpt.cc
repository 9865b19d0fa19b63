#include "wire/excerpt.h"

#include <cstddef>
#include <utility>

namespace wsm {

std::string excerpt(std::string_view text) {
  constexpr std::size_t kLengthMax = 160;
  std::string line;
  for (const char c : text) {
    const bool is_printable = ' ' < c && c <= '~';
    if (!is_printable && (line.empty() || line.back() == ' ')) continue;
    line += is_printable ? c : ' ';
    if (line.size() == kLengthMax) break;
  }
  if (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

std::string with_excerpt(std::string sentence, std::string_view text) {
  const std::string line = excerpt(text);
  return line.empty() ? sentence : std::move(sentence) + ": " + line;
}

}  // namespace wsm
