#pragma once

#include <string_view>

namespace wsm {

/// Is `text` a token, as names of headers and subprotocols must be? RFC 9110, section 5.6.2.
[[nodiscard]] bool is_token(std::string_view text);

/// Compares without regard to the case of ASCII letters.
[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b);

/// Is `element`, in any case, one of the comma-separated elements of `list`? RFC 9110, section
/// 5.6.1.
[[nodiscard]] bool list_contains(std::string_view list, std::string_view element);

}  // namespace wsm
