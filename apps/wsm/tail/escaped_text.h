#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <wsm/result.h>

#include "tail/pointed_error.h"

namespace wsm::tail {

/// True when `text` begins with { or [: then its backslashes belong to the JSON, and nothing is
/// replaced in it. In all other texts \r \n \t \0 \\ and \xHH stand for single characters.
[[nodiscard]] bool is_json_text(std::string_view text);

/// Appends the character that the escape at `position` (a backslash) of `text` stands for, and
/// returns the position behind it.
[[nodiscard]] Result<std::size_t, PointedError> append_escape(std::string& out,
                                                              std::string_view text,
                                                              std::size_t position);

/// The text that a command line argument stands for; checked to be UTF-8, as a text message must.
[[nodiscard]] Result<std::string, PointedError> unescape_text(std::string_view text);

}  // namespace wsm::tail
