#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <wsm/result.h>

#include "wire/protocol_error.h"

namespace wsm {

/// RFC 6455, section 7.4.1, and the IANA registry; any other number may be held as well.
enum class CloseCode : std::uint16_t {
  kNormal = 1000,
  kGoingAway = 1001,
  kProtocolError = 1002,
  kUnsupportedData = 1003,
  kNoStatus = 1005,  ///< Never sent: the close frame had no code.
  kAbnormal = 1006,  ///< Never sent: there was no close frame.
  kInvalidPayload = 1007,
  kPolicyViolation = 1008,
  kMessageTooBig = 1009,
  kMandatoryExtension = 1010,
  kInternalError = 1011,
  kServiceRestart = 1012,
  kTryAgainLater = 1013,
  kBadGateway = 1014,
  kTlsHandshake = 1015,  ///< Never sent.
};

/// The registered name, or "private", "unassigned".
[[nodiscard]] std::string_view to_string(CloseCode code);

/// May `code` stand in a close frame? RFC 6455, sections 7.4.1 and 7.4.2.
[[nodiscard]] bool is_allowed_on_the_wire(std::uint16_t code);

/// What a close frame says.
struct CloseFrame {
  std::optional<std::uint16_t> code;
  std::string reason;
};

/// RFC 6455, section 5.5.1: nothing, or two bytes of code and UTF-8.
[[nodiscard]] Result<CloseFrame, ProtocolError> parse_close_payload(
    std::span<const std::byte> payload);

/// The reason is cut at a character, so that the payload fits into a control frame; one that is not
/// UTF-8 is left out. kNoStatus gives an empty payload, which says just that; other codes must be
/// allowed on the wire.
[[nodiscard]] std::string encode_close_payload(CloseCode code, std::string_view reason);

}  // namespace wsm
