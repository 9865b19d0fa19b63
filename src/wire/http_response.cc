#include "wire/http_response.h"

#include <cstdint>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "wire/http_syntax.h"

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
