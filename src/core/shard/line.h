#pragma once

#include <optional>

#include <wsm/types.h>

#include "base/time.h"
#include "core/connection/connection.h"
#include "core/subscription/request_batcher.h"

namespace wsm {

/// One connection of a shard, with what it has been asked to carry.
struct Line {
  Line(Generation number, const ConnectionSettings& settings, EntropySource& entropy, TimePoint now)
      : generation(number), connection(settings, entropy, now) {}

  /// The server or a fault ended it; a closing handshake that the shard began is no loss.
  [[nodiscard]] bool is_lost() const {
    if (connection.is_closed()) return true;
    return connection.status() == ConnectionStatus::kClosing && connection.reason() &&
           (connection.reason()->kind == DisconnectKind::kClosedByServer ||
            connection.reason()->kind == DisconnectKind::kProtocolError ||
            connection.reason()->kind == DisconnectKind::kHookFailed);
  }

  [[nodiscard]] std::optional<TimePoint> next_deadline() const {
    return earliest(connection.next_deadline(), batcher ? batcher->next_deadline() : std::nullopt);
  }

  const Generation generation;
  Connection connection;
  std::optional<RequestBatcher> batcher;  // While open and in service.
  bool is_reported = false;               // Its end has been told.
};

}  // namespace wsm
