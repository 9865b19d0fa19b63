#pragma once

#include <string>
#include <string_view>

namespace wsm {

/// The beginning of what a peer said, 160 characters at most, fit for one line of a log: runs of
/// anything that is not printable ASCII become one space.
[[nodiscard]] std::string excerpt(std::string_view text);

/// "sentence: excerpt", or the sentence alone where there is nothing to show.
[[nodiscard]] std::string with_excerpt(std::string sentence, std::string_view text);

}  // namespace wsm
