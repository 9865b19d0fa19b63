#pragma once

#include <optional>
#include <string>
#include <vector>

#include <wsm/result.h>
#include <wsm/types.h>

#include "wire/deflate_agreement.h"
#include "wire/url.h"

namespace wsm {

/// What goes into the client's opening handshake.
struct UpgradeRequest {
  Url url;
  std::string key;  ///< Sec-WebSocket-Key.
  std::vector<Header> headers;
  std::vector<std::string> subprotocols;
  std::optional<DeflateOffer> deflate = {};
};

/// The bytes of the request (RFC 6455, section 4.1).
/// Errors: kInvalidArgument for header names or subprotocols that are no tokens, values with CR, LF
/// or NUL, and headers that belong to the handshake itself.
[[nodiscard]] Result<std::string> encode_upgrade_request(const UpgradeRequest& request);

}  // namespace wsm
