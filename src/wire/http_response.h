#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <wsm/result.h>
#include <wsm/types.h>

namespace wsm {

/// The head of an HTTP answer, and as much of its body as came with it.
struct HttpResponse {
  unsigned status = 0;
  std::string reason;  ///< The server's words, else the standard's.
  bool is_http_1_1 = false;
  std::vector<Header> headers;  ///< In their order; names as they were sent.
  std::string body_begin;       ///< Without the framing of chunks; none of one over 8 MiB.

  /// All values of the headers with this name, in any case.
  [[nodiscard]] std::vector<std::string_view> values(std::string_view name) const;
};

/// "HTTP 403 Forbidden: …" with where it has moved to, or what the page said; one line.
[[nodiscard]] std::string describe(const HttpResponse& response);

/// Where a redirect leads (RFC 9110, section 15.4): its Location, a URL or a part of one; empty for
/// everything else, and for one of more than 2 KiB or with what no URL has.
[[nodiscard]] std::string redirect_of(const HttpResponse& response);

/// The Retry-After of `response`, by its own clock where it has one.
[[nodiscard]] std::optional<Duration> retry_after_of(const HttpResponse& response);

/// Parses `head`, from the status line to the empty line. `rest` is what has arrived behind it.
/// The failing side says what is malformed.
[[nodiscard]] Result<HttpResponse, std::string> parse_http_response(std::string_view head,
                                                                    std::string_view rest);

}  // namespace wsm
