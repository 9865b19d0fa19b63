#pragma once

#include <string>
#include <utility>

#include <wsm/error.h>

namespace wsm::io {

/// A reason that has no close code and no HTTP status: all that goes wrong below the WebSocket.
[[nodiscard]] inline DisconnectReason disconnect_reason(DisconnectKind kind, std::string detail) {
  return DisconnectReason{.kind = kind, .detail = std::move(detail)};
}

}  // namespace wsm::io
