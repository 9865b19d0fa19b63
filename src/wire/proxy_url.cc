#include "wire/proxy_url.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "wire/http_syntax.h"
#include "wire/invalid_argument.h"
#include "wire/url_parts.h"

namespace wsm {

namespace {

constexpr std::array kKinds{ProxyKind::kSocks5, ProxyKind::kSocks5h, ProxyKind::kHttp,
                            ProxyKind::kHttps};

std::optional<ProxyKind> kind_of(std::string_view scheme) {
  const auto kind = std::ranges::find_if(
      kKinds, [&](ProxyKind it) { return equals_ignoring_case(scheme, to_string(it)); });
  return kind == kKinds.end() ? std::nullopt : std::optional{*kind};
}

std::optional<std::string> fault_of_scheme(std::string_view scheme) {
  if (kind_of(scheme)) return std::nullopt;
  constexpr std::string_view kWanted = "socks5://, socks5h://, http:// or https://";
  if (scheme.empty()) return "the URL has no scheme; it must begin with " + std::string{kWanted};
  return "the scheme of the URL is " + std::string{scheme} + ", not one of " + std::string{kWanted};
}

std::uint16_t usual_port(ProxyKind kind) {
  switch (kind) {
    case ProxyKind::kSocks5:
    case ProxyKind::kSocks5h: return 1080;
    case ProxyKind::kHttp: return 80;
    case ProxyKind::kHttps: return 443;
  }
  return 0;
}

bool is_control(char c) { return (0 <= c && c < ' ') || c == 0x7f; }

/// RFC 1929, section 2: a length is one byte.
std::string fault_of_socks_login(const UrlParts::Login& login) {
  constexpr std::size_t kLengthMax = 255;
  if (login.user.size() > kLengthMax) return "the user of a SOCKS5 proxy has 255 bytes at most";
  if (login.password.size() > kLengthMax) {
    return "the password of a SOCKS5 proxy has 255 bytes at most";
  }
  return {};
}

/// RFC 7617, section 2.
std::string fault_of_basic_login(const UrlParts::Login& login) {
  if (login.user.find(':') != std::string::npos) {
    return "the user of an HTTP proxy cannot contain a colon";
  }
  if (std::ranges::any_of(login.user + login.password, is_control)) {
    return "the user or password of an HTTP proxy contains a control character";
  }
  return {};
}

std::string fault_of(const UrlParts& parts, const ProxyUrl& url) {
  if (parts.has_fragment || parts.query || (!parts.path.empty() && parts.path != "/")) {
    return "the URL of a proxy ends behind its port: it has no path, query or fragment";
  }
  if (!parts.login) return {};
  if (parts.login->user.empty()) return "the URL of the proxy has a password, but no user";
  return url.is_socks() ? fault_of_socks_login(*parts.login) : fault_of_basic_login(*parts.login);
}

}  // namespace

std::string ProxyUrl::shown() const {
  return std::string{to_string(kind)} + "://" + bracketed(host) + ":" + std::to_string(port);
}

Result<ProxyUrl> parse_proxy_url(std::string_view text) {
  auto parts = split_url(text, fault_of_scheme);
  if (!parts) return Failure{parts.error()};
  ProxyUrl url;
  url.kind = *kind_of(parts->scheme);
  url.host = std::move(parts->host);
  url.port = parts->port.value_or(usual_port(url.kind));
  if (auto fault = fault_of(*parts, url); !fault.empty()) {
    return invalid_argument(std::move(fault));
  }
  if (parts->login) {
    url.user = std::move(parts->login->user);
    url.password = std::move(parts->login->password);
  }
  return url;
}

}  // namespace wsm
