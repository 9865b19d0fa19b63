#pragma once

#include <string>
#include <string_view>

#include <wsm/result.h>

namespace wsm::tail {

/// The JSON pointer (RFC 6901) of a place that is written with dots: "arg.channel" is
/// "/arg/channel", and "data.0.s" leads through the first item of a list. Errors: a step without a
/// name.
[[nodiscard]] Result<std::string, std::string> parse_json_pointer(std::string_view text);

}  // namespace wsm::tail
