#include "wire/url.h"

#include <charconv>
#include <optional>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "wire/http_syntax.h"

namespace wsm {

namespace {

constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";

// Names as they stand in DNS. Escapes may have brought in anything else, such as line ends.
constexpr std::string_view kHostCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";

Failure<Error> invalid(std::string detail) {
  return Failure{Error{Errc::kInvalidArgument, std::move(detail)}};
}

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

/// The text before ://, none if it is not there or cannot be a scheme.
std::optional<std::string_view> scheme_of(std::string_view text) {
  const std::string_view scheme = text.substr(0, text.find_first_of(":/?#"));
  if (scheme.empty() || text.substr(scheme.size(), 3) != "://") return std::nullopt;
  return scheme;
}

std::optional<std::string> fault_of_scheme(std::string_view scheme) {
  if (equals_ignoring_case(scheme, "ws") || equals_ignoring_case(scheme, "wss")) {
    return std::nullopt;
  }
  std::string text = "the scheme of the URL is " + std::string{scheme} + ", not ws or wss";
  if (equals_ignoring_case(scheme, "http")) text += "; write ws:// instead of http://";
  if (equals_ignoring_case(scheme, "https")) text += "; write wss:// instead of https://";
  return text;
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
  return "the host or port of the URL cannot be read: " + std::string{authority};
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
      return invalid("the URL has brackets, but no IPv6 address in them");
    case boost::urls::host_type::none:
    case boost::urls::host_type::name: break;
  }
  if (host.empty()) return invalid("the URL has no host");
  if (host.find_first_not_of(kHostCharacters) != std::string::npos) {
    return invalid(
        "the host of the URL contains a character that no name has; names in other scripts are "
        "written in their xn-- form");
  }
  return host;
}

Result<std::uint16_t> port_of(const boost::urls::url_view& view, bool is_tls) {
  const std::string_view digits = view.port();
  if (digits.empty()) return static_cast<std::uint16_t>(is_tls ? 443 : 80);
  std::uint16_t port = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (parsed.ec != std::errc{} || port == 0) {
    return invalid("the port of the URL is " + std::string{digits} +
                   ", but ports go from 1 to 65535");
  }
  return port;
}

/// An IPv6 address in brackets, anything else as it is.
std::string bracketed(const std::string& host) {
  return host.find(':') != std::string::npos ? "[" + host + "]" : host;
}

}  // namespace

std::string Url::authority() const {
  const bool is_usual_port = port == (is_tls ? 443 : 80);
  return is_usual_port ? bracketed(host) : endpoint();
}

std::string Url::endpoint() const { return bracketed(host) + ":" + std::to_string(port); }

Result<Url> parse_url(std::string_view text) {
  if (text.empty()) return invalid("the URL is empty");
  if (auto fault = illegal_character(text)) return invalid(*std::move(fault));
  const auto scheme = scheme_of(text);
  if (!scheme) return invalid("the URL has no scheme; it must begin with ws:// or wss://");
  if (auto fault = fault_of_scheme(*scheme)) return invalid(*std::move(fault));
  const auto parsed = boost::urls::parse_uri(text);
  if (!parsed || !is_path_separate(*parsed)) {
    return invalid(fault_of_rest(text.substr(scheme->size() + 3)));
  }
  const boost::urls::url_view& view = *parsed;

  if (view.has_fragment()) {
    return invalid(
        "the URL has a fragment (#), which a WebSocket URL must not have; write # as %23");
  }
  if (view.has_userinfo()) {
    return invalid("the URL has a user or password; send them in a header");
  }
  Url url;
  url.is_tls = equals_ignoring_case(*scheme, "wss");
  auto host = host_of(view);
  if (!host) return Failure{host.error()};
  url.host = *std::move(host);
  const auto port = port_of(view, url.is_tls);
  if (!port) return Failure{port.error()};
  url.port = *port;

  // RFC 6455, section 3: the resource name. Escapes stay as they were written.
  const std::string_view path = view.encoded_path();
  url.target = path.empty() ? "/" : std::string{path};
  if (view.has_query()) url.target.append("?").append(std::string_view{view.encoded_query()});
  return url;
}

}  // namespace wsm
