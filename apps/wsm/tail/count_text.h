#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <wsm/result.h>

namespace wsm::tail {

/// Reads a number of at least 1, in decimal digits and nothing else.
[[nodiscard]] Result<std::uint64_t, std::string> parse_count(std::string_view text);

}  // namespace wsm::tail
