#include "wire/http_response.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "wire/excerpt.h"
#include "wire/http_syntax.h"
#include "wire/retry_after.h"

namespace wsm {

namespace {

namespace http = boost::beast::http;
using Parser = http::response_parser<http::string_body>;

boost::beast::net::const_buffer buffer(std::string_view text) { return {text.data(), text.size()}; }

/// What `rest` has of the body. A body that breaks off or is malformed gives what came before that.
std::string body_begin(Parser& parser, std::string_view rest) {
  boost::beast::error_code error;
  parser.eager(true);
  while (!rest.empty() && !parser.is_done() && !error) {
    const std::size_t taken = parser.put(buffer(rest), error);
    if (taken == 0) break;
    rest.remove_prefix(taken);
  }
  return parser.get().body();
}

}  // namespace

std::vector<std::string_view> HttpResponse::values(std::string_view name) const {
  std::vector<std::string_view> found;
  for (const Header& header : headers) {
    if (equals_ignoring_case(header.name, name)) found.emplace_back(header.value);
  }
  return found;
}

std::string describe(const HttpResponse& response) {
  std::string text = "HTTP " + std::to_string(response.status);
  if (!response.reason.empty()) text += " " + excerpt(response.reason);
  const auto location = response.values("Location");
  if (response.status / 100 == 3 && !location.empty()) {
    return with_excerpt(text + ", moved to", location.front());
  }
  return with_excerpt(text, response.body_begin);
}

std::string redirect_of(const HttpResponse& response) {
  constexpr std::size_t kLocationMax = 2048;
  constexpr std::array kRedirects{301U, 302U, 303U, 307U, 308U};
  const auto location = response.values("Location");
  const bool is_redirect = std::ranges::find(kRedirects, response.status) != kRedirects.end();
  if (!is_redirect || location.size() != 1 || location.front().size() > kLocationMax) return {};
  const bool is_text =
      std::ranges::all_of(location.front(), [](char c) { return ' ' < c && c <= '~'; });
  return is_text ? std::string{location.front()} : std::string{};
}

std::optional<Duration> retry_after_of(const HttpResponse& response) {
  const auto retry_after = response.values("Retry-After");
  const auto date = response.values("Date");
  if (retry_after.empty()) return std::nullopt;
  return parse_retry_after(retry_after.front(), date.empty() ? std::string_view{} : date.front());
}

Result<HttpResponse, std::string> parse_http_response(std::string_view head,
                                                      std::string_view rest) {
  Parser parser;
  parser.header_limit(static_cast<std::uint32_t>(head.size()));
  boost::beast::error_code error;
  parser.put(buffer(head), error);
  // A body of more than Beast allows has a head all the same, and nobody wants that body.
  const bool is_body_too_long = error == http::error::body_limit;
  if (error && !is_body_too_long) return Failure{error.message()};
  if (!is_body_too_long && !parser.is_header_done()) {
    return Failure{std::string{"its head is not complete"}};
  }

  const auto& message = parser.get();
  HttpResponse response;
  response.status = message.result_int();
  response.reason = std::string{message.reason()};
  response.is_http_1_1 = message.version() == 11;
  for (const auto& field : message) {
    response.headers.push_back({std::string{field.name_string()}, std::string{field.value()}});
  }
  // 101 has no body: what follows it is WebSocket.
  if (response.status != 101 && !is_body_too_long) response.body_begin = body_begin(parser, rest);
  return response;
}

}  // namespace wsm
