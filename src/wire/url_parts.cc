#include "wire/url_parts.h"

#include <charconv>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "wire/http_syntax.h"
#include "wire/invalid_argument.h"

namespace wsm {

namespace {

constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";

// Names as they stand in DNS. Escapes may have brought in anything else, such as line ends.
constexpr std::string_view kHostCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";

// RFC 1035, section 2.3.4, as text: with the dot of an absolute name.
constexpr std::size_t kHostLengthMax = 254;

/// What makes `c` impossible anywhere in a URL, in words. RFC 3986, section 2.
std::optional<std::string> fault_of_character(char c) {
  constexpr std::string_view kIllegal = "\"<>\\^`{|}";
  const auto value = static_cast<unsigned char>(c);
  if (c == ' ') return "a space; write it as %20";
  if (value < 0x20 || value == 0x7f) return "a control character";
  if (value >= 0x80) {
    return "a character that is not ASCII; escape its bytes, or write a host name in its xn-- form";
  }
  if (kIllegal.find(c) == std::string_view::npos) return std::nullopt;
  return std::string{c} + ", which must be escaped with %";
}

std::optional<std::string> illegal_character(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    auto fault = fault_of_character(text[at]);
    const auto escape = text.substr(at).substr(1, 2);
    const bool is_whole = escape.size() == 2 && escape.find_first_not_of(kHexDigits) == escape.npos;
    if (text[at] == '%' && !is_whole) fault = "a % without two hexadecimal digits behind it";
    if (fault) return "character " + std::to_string(at + 1) + " of the URL is " + *fault;
  }
  return std::nullopt;
}

/// The text before ://, empty if it is not there or cannot be a scheme.
std::string_view scheme_of(std::string_view text) {
  const std::string_view scheme = text.substr(0, text.find_first_of(":/?#"));
  return text.substr(scheme.size(), 3) == "://" ? scheme : std::string_view{};
}

/// Says why `rest`, all that is behind ://, cannot be parsed. Does not repeat what may be a
/// password.
std::string fault_of_rest(std::string_view rest) {
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  if (boost::urls::parse_authority(authority).has_value()) {
    return "the path or query of the URL contains a character that must be escaped";
  }
  if (authority.find('@') != std::string_view::npos) {
    return "the URL contains an @ before its path, and cannot be read";
  }
  if (authority.find('[') != std::string_view::npos) {
    return "the URL has brackets, but no IPv6 address in them, or something behind them that is no "
           "port";
  }
  const std::string unreadable = "the host or port of the URL cannot be read";
  // An @ further on may be the end of a password with a slash in it.
  return rest.find('@') == std::string_view::npos ? unreadable + ": " + std::string{authority}
                                                  : unreadable;
}

/// RFC 3986, section 3.3: behind an authority a path is empty or begins with a slash. Boost 1.81
/// takes for a path what is left of a bad port, as in "h:80a/".
bool is_path_separate(const boost::urls::url_view& view) {
  const std::string_view path = view.encoded_path();
  return path.empty() || path.starts_with('/');
}

Result<std::string> host_of(const boost::urls::url_view& view) {
  std::string host = view.host_address();
  switch (view.host_type()) {
    case boost::urls::host_type::ipv6:
    case boost::urls::host_type::ipv4: return host;
    case boost::urls::host_type::ipvfuture:
      return invalid_argument("the URL has brackets, but no IPv6 address in them");
    case boost::urls::host_type::none:
    case boost::urls::host_type::name: break;
  }
  if (host.empty()) return invalid_argument("the URL has no host");
  if (host.size() > kHostLengthMax)
    return invalid_argument("the host of the URL is longer than any name");
  if (host.find_first_not_of(kHostCharacters) != std::string::npos) {
    return invalid_argument(
        "the host of the URL contains a character that no name has; names in other scripts are "
        "written in their xn-- form");
  }
  return host;
}

/// None where the URL has none.
Result<std::optional<std::uint16_t>> port_of(const boost::urls::url_view& view) {
  const std::string_view digits = view.port();
  if (digits.empty()) return std::optional<std::uint16_t>{};
  std::uint16_t port = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (parsed.ec != std::errc{} || port == 0) {
    // What stands there may be the beginning of a password with a slash in it.
    const bool is_shown = view.buffer().find('@') == std::string_view::npos;
    return invalid_argument("the port of the URL is " +
                            (is_shown ? std::string{digits} + ", but" : "none:") +
                            " ports go from 1 to 65535");
  }
  return std::optional{port};
}

}  // namespace

Result<UrlParts> split_url(std::string_view text, SchemeJudge fault_of_scheme) {
  if (text.empty()) return invalid_argument("the URL is empty");
  if (auto fault = illegal_character(text)) return invalid_argument(*std::move(fault));
  const std::string_view scheme = scheme_of(text);
  if (auto fault = fault_of_scheme(scheme)) return invalid_argument(*std::move(fault));
  const auto parsed = boost::urls::parse_uri(text);
  if (!parsed || !is_path_separate(*parsed)) {
    return invalid_argument(fault_of_rest(text.substr(scheme.size() + 3)));
  }
  const boost::urls::url_view& view = *parsed;
  auto host = host_of(view);
  if (!host) return Failure{host.error()};
  const auto port = port_of(view);
  if (!port) return Failure{port.error()};

  UrlParts parts;
  parts.scheme = scheme;
  parts.host = *std::move(host);
  parts.port = *port;
  if (view.has_userinfo()) parts.login = UrlParts::Login{view.user(), view.password()};
  parts.path = std::string_view{view.encoded_path()};
  if (view.has_query()) parts.query = std::string_view{view.encoded_query()};
  parts.has_fragment = view.has_fragment();
  return parts;
}

std::string bracketed(const std::string& host) {
  return host.find(':') != std::string::npos ? "[" + host + "]" : host;
}

}  // namespace wsm
