#include "tail/json_pointer.h"

#include <fmt/format.h>

namespace wsm::tail {

Result<std::string, std::string> parse_json_pointer(std::string_view text) {
  std::string pointer;
  bool is_at_begin = true;
  for (const char c : text) {
    if (is_at_begin) pointer += '/';
    if (is_at_begin && c == '.') break;
    is_at_begin = c == '.';
    // RFC 6901, section 3: these two have a meaning in a pointer.
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else if (c != '.') {
      pointer += c;
    }
  }
  if (text.empty() || is_at_begin) {
    return Failure{
        fmt::format("must be names with dots between, as in arg.channel, not '{}'", text)};
  }
  return pointer;
}

}  // namespace wsm::tail
