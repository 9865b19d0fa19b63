#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <wsm/result.h>

namespace wsm {

/// The window of DEFLATE is two to the power of these many bytes (RFC 1951, section 2).
inline constexpr int kWindowBitsMin = 8;
inline constexpr int kWindowBitsMax = 15;

/// What a client asks of a server about permessage-deflate (RFC 7692, section 7.1).
struct DeflateOffer {
  bool keeps_context = true;             ///< If not, neither side shall.
  int window_bits_max = kWindowBitsMax;  ///< Of either side.
};

/// What the two have agreed on.
struct DeflateAgreement {
  bool server_keeps_context = true;
  bool client_keeps_context = true;
  int server_window_bits = kWindowBitsMax;
  int client_window_bits = kWindowBitsMax;

  bool operator==(const DeflateAgreement&) const = default;
};

/// The value of Sec-WebSocket-Extensions for `offer`.
[[nodiscard]] std::string encode_deflate_offer(const DeflateOffer& offer);

/// What the server's headers Sec-WebSocket-Extensions say to `offer`, if there was one; none when
/// it does without. A server that has overlooked a wish is taken as it is, for all that this costs
/// is memory.
/// Errors, in words: an extension that was not offered, a parameter that is unknown, repeated, or
/// contradicts the offer (section 5.1: the connection has to be failed).
[[nodiscard]] Result<std::optional<DeflateAgreement>, std::string> parse_deflate_answer(
    const std::vector<std::string_view>& values, const std::optional<DeflateOffer>& offer);

}  // namespace wsm
