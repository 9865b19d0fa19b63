#pragma once

#include <string>
#include <string_view>

namespace wsm {

/// What somebody else wrote, fit for a line of a terminal or a log: each control character (C0,
/// DEL, C1) and each byte that is not UTF-8 becomes a question mark. A newline could forge a line
/// of a log, and an escape can make a terminal do things.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace wsm
