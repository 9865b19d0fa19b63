#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <wsm/result.h>
#include <wsm/types.h>

namespace wsm::tail {

/// Reads a number with a unit (ms, s, m, h, d; "1.5s" is allowed). More than zero, at most 10
/// years.
[[nodiscard]] Result<Duration, std::string> parse_duration(std::string_view text);

/// The same, and "none" for no duration at all.
[[nodiscard]] Result<std::optional<Duration>, std::string> parse_duration_or_none(
    std::string_view text);

/// For people: "250 ms", "1.5 s", "2 min 3 s", "4 h 2 min".
[[nodiscard]] std::string duration_text(Duration duration);

}  // namespace wsm::tail
