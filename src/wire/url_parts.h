#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <wsm/result.h>

namespace wsm {

/// A URL with an authority, taken apart (RFC 3986, section 3).
struct UrlParts {
  /// Percent-decoded: any bytes.
  struct Login {
    std::string user;
    std::string password;
  };

  std::string scheme;  ///< As it was written.
  std::string host;    ///< Name or address; IPv6 without brackets, percent-decoded.
  std::optional<std::uint16_t> port;
  std::optional<Login> login;
  std::string path;                  ///< As it was written, escapes included; may be empty.
  std::optional<std::string> query;  ///< The same.
  bool has_fragment = false;
};

/// What is wrong with a scheme, none if nothing is. An empty one is missing.
using SchemeJudge = std::optional<std::string> (*)(std::string_view scheme);

/// Errors (kInvalidArgument) name the part: a character that is not allowed, what the judge says of
/// the scheme, no host, a port over 65535. None repeats what may be a password.
[[nodiscard]] Result<UrlParts> split_url(std::string_view text, SchemeJudge fault_of_scheme);

/// An IPv6 address in brackets, anything else as it is.
[[nodiscard]] std::string bracketed(const std::string& host);

}  // namespace wsm
