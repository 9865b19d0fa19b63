#pragma once

#include <string_view>

#include <wsm/result.h>

#include "wire/url.h"

namespace wsm {

/// Whoever can write into a connection without being heard must not gain by it: from wss to ws
/// everything would be read by everybody on the way. Errors: kInvalidArgument.
[[nodiscard]] Result<void> check_tls_is_kept(const Url& from, const Url& to);

/// The URL that a server at `from` redirects to with `location` (RFC 9110, section 10.2.2, resolved
/// as RFC 3986, section 5, has it); http:// and https:// stand for ws:// and wss://.
///
/// Only to the same host, whatever the port: hooks send what is secret to whoever they connect to,
/// and they were not asked about another. And not from TLS to plain text.
/// Errors (kInvalidArgument) say which it was, or what is wrong with the URL.
[[nodiscard]] Result<Url> follow_redirect(const Url& from, std::string_view location);

}  // namespace wsm
