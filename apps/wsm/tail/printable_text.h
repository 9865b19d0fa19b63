#pragma once

#include <string>
#include <string_view>

namespace wsm::tail {

/// `text` with a question mark for every control character and every byte that is no UTF-8, so that
/// what a hostile server wrote, a close reason for one, cannot command the terminal.
[[nodiscard]] std::string printable_text(std::string_view text);

}  // namespace wsm::tail
