#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsm {

/// One element of Sec-WebSocket-Extensions, as `name; parameter; parameter=value`.
struct Extension {
  struct Parameter {
    std::string name;
    std::optional<std::string> value;  ///< Without quotes.
  };

  std::string name;
  std::vector<Parameter> parameters;
};

/// The elements of `list` in their order (RFC 6455, section 9.1); none if it is malformed. Empty
/// elements are passed over (RFC 9110, section 5.6.1.2).
[[nodiscard]] std::optional<std::vector<Extension>> parse_extension_list(std::string_view list);

}  // namespace wsm
