#include "tail/count_text.h"

#include <charconv>
#include <system_error>

#include <fmt/format.h>

namespace wsm::tail {

Result<std::uint64_t, std::string> parse_count(std::string_view text, CountRange range) {
  std::uint64_t count = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, count);
  const bool is_number = error == std::errc{} && rest == end;
  if (!is_number || count < range.least) {
    return Failure{fmt::format("must be a number of at least {}, not '{}'", range.least, text)};
  }
  if (count > range.most) {
    return Failure{fmt::format("must be a number of at most {}, not '{}'", range.most, text)};
  }
  return count;
}

std::string counted(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace wsm::tail
