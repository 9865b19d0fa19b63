#pragma once

#include <string_view>

namespace wsm {

/// The version of the library that is linked.
[[nodiscard]] std::string_view version();

}  // namespace wsm
