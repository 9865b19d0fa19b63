#include "wire/url.h"

#include <optional>
#include <utility>

#include "wire/http_syntax.h"
#include "wire/invalid_argument.h"
#include "wire/url_parts.h"

namespace wsm {

namespace {

std::optional<std::string> fault_of_scheme(std::string_view scheme) {
  if (equals_ignoring_case(scheme, "ws") || equals_ignoring_case(scheme, "wss")) {
    return std::nullopt;
  }
  if (scheme.empty()) return "the URL has no scheme; it must begin with ws:// or wss://";
  std::string text = "the scheme of the URL is " + std::string{scheme} + ", not ws or wss";
  if (equals_ignoring_case(scheme, "http")) text += "; write ws:// instead of http://";
  if (equals_ignoring_case(scheme, "https")) text += "; write wss:// instead of https://";
  return text;
}

}  // namespace

std::string Url::authority() const {
  const bool is_usual_port = port == (is_tls ? 443 : 80);
  return is_usual_port ? bracketed(host) : endpoint();
}

std::string Url::text() const {
  return std::string{is_tls ? "wss://" : "ws://"} + authority() + target;
}

std::string Url::endpoint() const { return bracketed(host) + ":" + std::to_string(port); }

Result<Url> parse_url(std::string_view text) {
  auto parts = split_url(text, fault_of_scheme);
  if (!parts) return Failure{parts.error()};
  if (parts->has_fragment) {
    return invalid_argument(
        "the URL has a fragment (#), which a WebSocket URL must not have; write # as %23");
  }
  if (parts->login)
    return invalid_argument("the URL has a user or password; send them in a header");

  Url url;
  url.is_tls = equals_ignoring_case(parts->scheme, "wss");
  url.host = std::move(parts->host);
  url.port = parts->port.value_or(url.is_tls ? 443 : 80);
  // RFC 6455, section 3: the resource name. Escapes stay as they were written.
  url.target = parts->path.empty() ? "/" : std::move(parts->path);
  if (parts->query) url.target.append("?").append(*parts->query);
  return url;
}

}  // namespace wsm
