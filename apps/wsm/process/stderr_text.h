#pragma once

#include <string_view>

namespace wsm {

/// Writes `text` to stderr. A stderr that takes nothing, such as a full disk, is nobody's failure:
/// there is no other place to say so.
void write_stderr(std::string_view text);

}  // namespace wsm
