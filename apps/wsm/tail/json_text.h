#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace wsm::tail {

/// Appends `text`, which must be UTF-8, as a JSON string with its quotes.
void append_json_string(std::string& out, std::string_view text);

/// `texts` as a JSON list of strings.
[[nodiscard]] std::string json_list(std::span<const std::string> texts);

/// RFC 4648, section 4, with padding.
void append_base64(std::string& out, std::span<const std::byte> bytes);

/// Two lower-case digits a byte.
void append_hex(std::string& out, std::span<const std::byte> bytes);

}  // namespace wsm::tail
