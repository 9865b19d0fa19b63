#include "tail/count_text.h"

#include <charconv>
#include <system_error>

#include <fmt/format.h>

namespace wsm::tail {

Result<std::uint64_t, std::string> parse_count(std::string_view text) {
  std::uint64_t count = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc{} || rest != end || count == 0) {
    return Failure{fmt::format("must be a number of at least 1, not '{}'", text)};
  }
  return count;
}

}  // namespace wsm::tail
