#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace wsm {

/// The bytes of an address in figures, in network order: 4 of IPv4, 16 of IPv6 (RFC 3986, section
/// 3.2.2), without brackets and without a zone; none for anything else.
[[nodiscard]] std::optional<std::string> ip_address_bytes(std::string_view text);

}  // namespace wsm
