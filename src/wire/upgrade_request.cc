#include "wire/upgrade_request.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "wire/http_syntax.h"
#include "wire/invalid_argument.h"

namespace wsm {

namespace {

// What the request says of itself; a second value, or a body, would change its meaning.
constexpr std::array<std::string_view, 5> kOwnHeaders{"Host", "Upgrade", "Connection",
                                                      "Content-Length", "Transfer-Encoding"};
constexpr std::string_view kWebSocketPrefix = "Sec-WebSocket-";

bool belongs_to_handshake(std::string_view name) {
  if (equals_ignoring_case(name.substr(0, kWebSocketPrefix.size()), kWebSocketPrefix)) return true;
  return std::any_of(kOwnHeaders.begin(), kOwnHeaders.end(),
                     [name](std::string_view own) { return equals_ignoring_case(name, own); });
}

/// RFC 9110, section 5.5: these would end the header, and begin another of somebody's choice.
bool breaks_a_line(char c) { return c == '\r' || c == '\n' || c == '\0'; }

std::optional<std::string> fault_of(const Header& header) {
  if (!is_token(header.name)) return "'" + header.name + "' cannot be the name of a header";
  if (belongs_to_handshake(header.name)) {
    return "the header " + header.name + " belongs to the handshake and cannot be set";
  }
  if (std::any_of(header.value.begin(), header.value.end(), breaks_a_line)) {
    return "the value of the header " + header.name + " contains a line break or NUL";
  }
  return std::nullopt;
}

/// RFC 6455, section 4.1: each is a token, and stands in the list once.
std::optional<std::string> fault_of(const std::vector<std::string>& subprotocols) {
  for (auto it = subprotocols.begin(); it != subprotocols.end(); ++it) {
    if (!is_token(*it)) return "'" + *it + "' cannot be the name of a subprotocol";
    if (std::find(subprotocols.begin(), it, *it) != it) {
      return "the subprotocol " + *it + " is offered twice";
    }
  }
  return std::nullopt;
}

}  // namespace

Result<std::string> encode_upgrade_request(const UpgradeRequest& request) {
  if (auto fault = fault_of(request.subprotocols)) return invalid_argument(*std::move(fault));

  std::string text = "GET " + request.url.target + " HTTP/1.1\r\n";
  const auto add = [&text](std::string_view name, std::string_view value) {
    text.append(name).append(": ").append(value).append("\r\n");
  };
  add("Host", request.url.authority());
  add("Upgrade", "websocket");
  add("Connection", "Upgrade");
  add("Sec-WebSocket-Key", request.key);
  add("Sec-WebSocket-Version", "13");
  if (request.deflate) add("Sec-WebSocket-Extensions", encode_deflate_offer(*request.deflate));
  std::string offered;
  for (const std::string& subprotocol : request.subprotocols) {
    offered += (offered.empty() ? "" : ", ") + subprotocol;
  }
  if (!offered.empty()) add("Sec-WebSocket-Protocol", offered);
  for (const Header& header : request.headers) {
    if (auto fault = fault_of(header)) return invalid_argument(*std::move(fault));
    add(header.name, header.value);
  }
  return text + "\r\n";
}

}  // namespace wsm
