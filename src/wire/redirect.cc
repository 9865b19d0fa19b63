#include "wire/redirect.h"

#include <string>
#include <utility>

#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>

#include "wire/http_syntax.h"
#include "wire/invalid_argument.h"

namespace wsm {

namespace {

/// `location` as a whole URL, without a fragment: that would be for a page, and not for us.
Result<std::string> resolved(const Url& from, std::string_view location) {
  const auto reference = boost::urls::parse_uri_reference(location);
  const std::string from_text = from.text();
  const auto base = boost::urls::parse_uri(from_text);
  if (!reference || !base) return invalid_argument("the server redirects to what is no URL");
  boost::urls::url target;
  if (const auto done = boost::urls::resolve(*base, *reference, target); !done) {
    return invalid_argument("the server redirects to what cannot be resolved");
  }
  target.remove_fragment();
  if (equals_ignoring_case(target.scheme(), "http")) target.set_scheme("ws");
  if (equals_ignoring_case(target.scheme(), "https")) target.set_scheme("wss");
  return std::string{std::string_view{target.buffer()}};
}

}  // namespace

Result<void> check_tls_is_kept(const Url& from, const Url& to) {
  if (from.is_tls && !to.is_tls) return invalid_argument("from wss to ws");
  return {};
}

Result<Url> follow_redirect(const Url& from, std::string_view location) {
  const auto text = resolved(from, location);
  if (!text) return Failure{text.error()};
  auto target = parse_url(*text);
  if (!target) return Failure{target.error()};
  if (const auto kept = check_tls_is_kept(from, *target); !kept) return Failure{kept.error()};
  if (!equals_ignoring_case(from.host, target->host)) return invalid_argument("to another host");
  return target;
}

}  // namespace wsm
