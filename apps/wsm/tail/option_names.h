#pragma once

#include <string>
#include <string_view>

namespace wsm::tail {

/// `text` of the library with the options of the command line in the place of the fields of the
/// configuration that they set.
[[nodiscard]] std::string with_option_names(std::string_view text);

}  // namespace wsm::tail
