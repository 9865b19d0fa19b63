#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include <wsm/result.h>

namespace wsm::tail {

/// Both ends are allowed.
struct CountRange {
  std::uint64_t least = 1;
  std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
};

/// Reads a number in `range`, in decimal digits and nothing else.
[[nodiscard]] Result<std::uint64_t, std::string> parse_count(std::string_view text,
                                                             CountRange range = {});

/// For people: "1 message", "2 messages".
[[nodiscard]] std::string counted(std::uint64_t count, std::string_view noun);

}  // namespace wsm::tail
