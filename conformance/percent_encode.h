#pragma once

#include <string>
#include <string_view>

namespace wsm::conformance {

/// `text` as a value of a query: all but unreserved characters as %HH (RFC 3986, section 2).
[[nodiscard]] inline std::string percent_encode(std::string_view text) {
  constexpr std::string_view kUnreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (kUnreserved.find(c) != std::string_view::npos) {
      encoded += c;
      continue;
    }
    const auto value = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += kDigits[value >> 4U];
    encoded += kDigits[value & 0xfU];
  }
  return encoded;
}

}  // namespace wsm::conformance
