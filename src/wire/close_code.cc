#include "wire/close_code.h"

#include <algorithm>

#include "base/assert.h"
#include "wire/frame.h"
#include "wire/utf8_validator.h"

namespace wsm {

namespace {

constexpr std::size_t kCodeSize = 2;
constexpr std::size_t kReasonMax = kControlPayloadMax - kCodeSize;

Failure<ProtocolError> violation(CloseCode code, std::string detail) {
  return Failure{ProtocolError{code, std::move(detail)}};
}

/// As much of `reason` as fits and consists of whole characters.
std::string_view whole_characters(std::string_view reason) {
  std::string_view kept = reason.substr(0, kReasonMax);
  // A cut takes at most three bytes of a character with it. What is no UTF-8 even then was none
  // before the cut, and is left out.
  for (int i = 0; i < 4 && !kept.empty(); ++i) {
    if (is_utf8(std::as_bytes(std::span{kept}))) return kept;
    kept.remove_suffix(1);
  }
  return {};
}

}  // namespace

std::string_view to_string(CloseCode code) {
  switch (code) {
    case CloseCode::kNormal: return "normal";
    case CloseCode::kGoingAway: return "going away";
    case CloseCode::kProtocolError: return "protocol error";
    case CloseCode::kUnsupportedData: return "unsupported data";
    case CloseCode::kNoStatus: return "no status";
    case CloseCode::kAbnormal: return "abnormal closure";
    case CloseCode::kInvalidPayload: return "invalid payload";
    case CloseCode::kPolicyViolation: return "policy violation";
    case CloseCode::kMessageTooBig: return "message too big";
    case CloseCode::kMandatoryExtension: return "mandatory extension";
    case CloseCode::kInternalError: return "internal error";
    case CloseCode::kServiceRestart: return "service restart";
    case CloseCode::kTryAgainLater: return "try again later";
    case CloseCode::kBadGateway: return "bad gateway";
    case CloseCode::kTlsHandshake: return "TLS handshake failed";
  }
  const auto number = static_cast<std::uint16_t>(code);
  return 4000 <= number && number <= 4999 ? "private" : "unassigned";
}

bool is_allowed_on_the_wire(std::uint16_t code) {
  // 1004 is reserved; 1005, 1006 and 1015 stand for what was not received.
  if (1000 <= code && code <= 1003) return true;
  if (1007 <= code && code <= 1014) return true;
  return 3000 <= code && code <= 4999;  // Registered by libraries, and private.
}

Result<CloseFrame, ProtocolError> parse_close_payload(std::span<const std::byte> payload) {
  if (payload.empty()) return CloseFrame{};
  if (payload.size() < kCodeSize) {
    return violation(CloseCode::kProtocolError, "a close frame has half a code");
  }
  const auto code = static_cast<std::uint16_t>(std::to_integer<unsigned>(payload[0]) << 8U |
                                               std::to_integer<unsigned>(payload[1]));
  if (!is_allowed_on_the_wire(code)) {
    return violation(
        CloseCode::kProtocolError,
        "a close frame has the code " + std::to_string(code) + ", which is not allowed");
  }
  const auto reason = payload.subspan(kCodeSize);
  if (!is_utf8(reason)) {
    return violation(CloseCode::kInvalidPayload, "the reason in a close frame is not UTF-8");
  }
  return CloseFrame{code, {reinterpret_cast<const char*>(reason.data()), reason.size()}};
}

std::string encode_close_payload(CloseCode code, std::string_view reason) {
  if (code == CloseCode::kNoStatus) return {};
  const auto number = static_cast<std::uint16_t>(code);
  WSM_ASSERT(is_allowed_on_the_wire(number));
  std::string payload;
  payload += static_cast<char>(number >> 8U);
  payload += static_cast<char>(number & 0xffU);
  payload += whole_characters(reason);
  return payload;
}

}  // namespace wsm
