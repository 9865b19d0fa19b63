#include "wire/upgrade_response.h"

#include <algorithm>
#include <utility>

#include "wire/http_syntax.h"
#include "wire/retry_after.h"

namespace wsm {

namespace {

using Progress = UpgradeResponseReader::Progress;

constexpr std::string_view kHttp1 = "HTTP/1.";
constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr std::size_t kExcerptMax = 160;

std::string_view characters(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The beginning of what a server said, fit for one line of a log: runs of anything that is not
/// printable ASCII become one space.
std::string excerpt(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool is_printable = ' ' < c && c <= '~';
    if (!is_printable && (line.empty() || line.back() == ' ')) continue;
    line += is_printable ? c : ' ';
    if (line.size() == kExcerptMax) break;
  }
  if (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

std::string with_excerpt(std::string sentence, std::string_view text) {
  const std::string line = excerpt(text);
  return line.empty() ? sentence : std::move(sentence) + ": " + line;
}

/// What is wrong with the last byte of `head`; `rest` came behind it, and `skipped` bytes of heads
/// before it. Each byte is judged by itself and what is before it, so that the outcome does not
/// depend on how the answer was cut.
std::string fault_of_last(const std::string& head, std::size_t skipped, std::string_view rest) {
  const std::size_t at = head.size() - 1;
  if (at < kHttp1.size() && head[at] != kHttp1[at]) {
    // A TLS record with an alert or a handshake (RFC 8446, section 5.1).
    if (at == 0 && (head[0] == 0x15 || head[0] == 0x16)) {
      return "the server speaks TLS on this port; use wss://";
    }
    return with_excerpt("the server's answer is not HTTP/1.1", head + std::string{rest});
  }
  if (head[at] == '\n' && head[at - 1] != '\r') {
    return "the server's HTTP answer is malformed: a line does not end with CR LF";
  }
  if (skipped + head.size() >= UpgradeResponseReader::kHeaderBytesMax &&
      !head.ends_with(kHeadEnd)) {
    return "the head of the server's HTTP answer is longer than " +
           std::to_string(UpgradeResponseReader::kHeaderBytesMax) + " bytes";
  }
  return {};
}

/// "HTTP 403 Forbidden: …" with where to go, or what the page said.
std::string describe_refusal(const HttpResponse& response) {
  std::string text = "HTTP " + std::to_string(response.status);
  if (!response.reason.empty()) text += " " + excerpt(response.reason);
  const auto location = response.values("Location");
  if (response.status / 100 == 3 && !location.empty()) {
    return with_excerpt(text + ", moved to", location.front());
  }
  return with_excerpt(text, response.body_begin);
}

/// RFC 9110, section 15.2: informational, and another response follows. 101 is final for us.
bool is_interim(unsigned status) { return status / 100 == 1 && status != 101; }

bool has_element(const HttpResponse& response, std::string_view name, std::string_view element) {
  const auto values = response.values(name);
  return std::any_of(values.begin(), values.end(),
                     [element](std::string_view value) { return list_contains(value, element); });
}

}  // namespace

UpgradeResponseReader::UpgradeResponseReader(std::string expected_accept,
                                             std::vector<std::string> offered_subprotocols)
    : expected_accept_(std::move(expected_accept)),
      offered_subprotocols_(std::move(offered_subprotocols)) {}

Progress UpgradeResponseReader::receive(std::span<const std::byte> bytes) {
  while (progress_ == Progress::kNeedsMore && !bytes.empty()) {
    head_ += static_cast<char>(bytes.front());
    bytes = bytes.subspan(1);
    std::string fault = fault_of_last(head_, skipped_, characters(bytes));
    if (!fault.empty()) return refuse(std::move(fault));
    if (head_.ends_with(kHeadEnd)) finish(bytes);
  }
  return progress_;
}

Progress UpgradeResponseReader::finish(std::span<const std::byte> rest) {
  const auto response = parse_http_response(head_, characters(rest));
  if (!response) return refuse("the server's HTTP answer is malformed: " + response.error());

  if (is_interim(response->status)) {
    skipped_ += head_.size();
    head_.clear();
    return progress_;
  }
  failure_.http_status = response->status;
  if (response->status != 101) {
    const auto retry_after = response->values("Retry-After");
    const auto date = response->values("Date");
    if (!retry_after.empty()) {
      failure_.retry_after =
          parse_retry_after(retry_after.front(), date.empty() ? std::string_view{} : date.front());
    }
    return refuse(describe_refusal(*response));
  }
  std::string fault = fault_of_upgrade(*response);
  if (fault.empty()) fault = fault_of_subprotocol(*response);
  if (!fault.empty()) return refuse(std::move(fault));

  const auto chosen = response->values("Sec-WebSocket-Protocol");
  if (!chosen.empty()) subprotocol_ = chosen.front();
  rest_.assign(rest.begin(), rest.end());
  head_ = {};
  return progress_ = Progress::kAccepted;
}

/// RFC 6455, section 4.1, "the client MUST validate the server's response", in its order.
std::string UpgradeResponseReader::fault_of_upgrade(const HttpResponse& response) const {
  if (!response.is_http_1_1) return "the server switches protocols in HTTP/1.0, not HTTP/1.1";
  const auto upgrade = response.values("Upgrade");
  if (upgrade.size() != 1 || !equals_ignoring_case(upgrade.front(), "websocket")) {
    return "the server switches protocols without the one header Upgrade: websocket";
  }
  if (!has_element(response, "Connection", "upgrade")) {
    return "the server switches protocols without the header Connection: Upgrade";
  }
  const auto accept = response.values("Sec-WebSocket-Accept");
  if (accept.size() != 1) {
    return "the server's answer has " + std::string{accept.empty() ? "no" : "more than one"} +
           " Sec-WebSocket-Accept";
  }
  if (accept.front() != expected_accept_) {
    return "the server's Sec-WebSocket-Accept does not match the key that was sent";
  }
  const auto extensions = response.values("Sec-WebSocket-Extensions");
  if (extensions.empty()) return {};
  return with_excerpt("the server uses an extension that was not offered", extensions.front());
}

std::string UpgradeResponseReader::fault_of_subprotocol(const HttpResponse& response) const {
  const auto chosen = response.values("Sec-WebSocket-Protocol");
  if (chosen.empty()) return {};  // The server may do without any.
  if (chosen.size() > 1) return "the server chose more than one subprotocol";
  const auto& offered = offered_subprotocols_;
  if (std::find(offered.begin(), offered.end(), chosen.front()) != offered.end()) return {};
  return with_excerpt("the server chose a subprotocol that was not offered", chosen.front());
}

Progress UpgradeResponseReader::refuse(std::string detail) {
  failure_.detail = std::move(detail);
  head_ = {};
  return progress_ = Progress::kRefused;
}

}  // namespace wsm
