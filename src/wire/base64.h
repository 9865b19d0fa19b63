#pragma once

#include <string>
#include <string_view>

namespace wsm {

inline constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// RFC 4648, section 4, padded.
[[nodiscard]] std::string base64(std::string_view bytes);

}  // namespace wsm
