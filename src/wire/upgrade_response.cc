#include "wire/upgrade_response.h"

#include <algorithm>
#include <utility>

#include "wire/excerpt.h"
#include "wire/http_syntax.h"

namespace wsm {

namespace {

using Progress = UpgradeResponseReader::Progress;

bool has_element(const HttpResponse& response, std::string_view name, std::string_view element) {
  const auto values = response.values(name);
  return std::any_of(values.begin(), values.end(),
                     [element](std::string_view value) { return list_contains(value, element); });
}

}  // namespace

UpgradeResponseReader::UpgradeResponseReader(std::string expected_accept,
                                             std::vector<std::string> offered_subprotocols,
                                             std::optional<DeflateOffer> offered_deflate)
    : expected_accept_(std::move(expected_accept)),
      offered_subprotocols_(std::move(offered_subprotocols)),
      offered_deflate_(offered_deflate) {}

Progress UpgradeResponseReader::receive(std::span<const std::byte> bytes) {
  if (progress_ != Progress::kNeedsMore) return progress_;
  switch (head_.receive(bytes)) {
    case HttpHeadReader::Progress::kNeedsMore: break;
    case HttpHeadReader::Progress::kComplete: return judge(head_.response());
    case HttpHeadReader::Progress::kFailed: return refuse(head_.fault());
  }
  return progress_;
}

Progress UpgradeResponseReader::judge(const HttpResponse& response) {
  failure_.http_status = response.status;
  if (response.status != 101) {
    failure_.retry_after = retry_after_of(response);
    failure_.location = redirect_of(response);
    return refuse(describe(response));
  }
  std::string fault = fault_of_upgrade(response);
  if (fault.empty()) fault = take_extensions(response);
  if (fault.empty()) fault = fault_of_subprotocol(response);
  if (!fault.empty()) return refuse(std::move(fault));

  const auto chosen = response.values("Sec-WebSocket-Protocol");
  if (!chosen.empty()) subprotocol_ = chosen.front();
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
  return {};
}

/// Returns what is wrong with them.
std::string UpgradeResponseReader::take_extensions(const HttpResponse& response) {
  auto agreed = parse_deflate_answer(response.values("Sec-WebSocket-Extensions"), offered_deflate_);
  if (!agreed) return excerpt(agreed.error());
  deflate_ = *agreed;
  return {};
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
  return progress_ = Progress::kRefused;
}

}  // namespace wsm
