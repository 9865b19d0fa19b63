#pragma once

#include <optional>
#include <string>
#include <utility>

#include <wsm/types.h>

#include "base/time.h"
#include "core/connection/connection.h"
#include "core/limits/source_addresses.h"
#include "core/recovery/endpoint_rotation.h"
#include "core/recovery/proxy_rotation.h"
#include "core/subscription/rejections.h"
#include "core/subscription/request_batcher.h"
#include "core/subscription/subscription_tracker.h"

namespace wsm {

/// One connection of a shard, with what it has been asked to carry.
struct Line {
  Line(Generation number, const ConnectionSettings& settings, EntropySource& entropy,
       EndpointChoice where, SourceIndex from, TimePoint now)
      : generation(number),
        connection(settings, entropy, now),
        choice(std::move(where)),
        source(from) {}

  /// The server or a fault ended it; a closing handshake that the shard began is no loss.
  [[nodiscard]] bool is_lost() const {
    if (connection.is_closed()) return true;
    return connection.status() == ConnectionStatus::kClosing && connection.reason() &&
           (connection.reason()->kind == DisconnectKind::kClosedByServer ||
            connection.reason()->kind == DisconnectKind::kProtocolError ||
            connection.reason()->kind == DisconnectKind::kHookFailed);
  }

  [[nodiscard]] std::optional<TimePoint> next_deadline() const {
    if (!batcher) return connection.next_deadline();
    const auto asking = earliest(batcher->next_deadline(), refused.next_deadline());
    return earliest(connection.next_deadline(), earliest(asking, tracker->next_deadline()));
  }

  const Generation generation;
  Connection connection;
  const EndpointChoice choice;
  const SourceIndex source;
  std::optional<std::size_t> place;            // Which of the handler's URLs it goes to.
  std::optional<RequestBatcher> batcher;       // While open and in service.
  std::optional<SubscriptionTracker> tracker;  // The same.
  std::size_t counted = 0;                     // By the budget, when it went out of service.
  Rejections refused;                          // To it alone, while it is the standby.
  bool is_reported = false;                    // Its end has been told.
  bool is_drained = false;                     // Its server is going to close it.
  std::optional<std::string> endpoint;         // Once it has been dialed.
  TimePoint dialed_at{};                       // The same.
  std::optional<ProxyRotation::Use> proxy;     // The way there, if it has been dialed.
  bool is_dialed = false;      // The way is open: to the server it is, from here on.
  bool is_redirected = false;  // The next one goes where its server has said.
  bool is_connecting = false;  // TCP has begun: its permit has been used.
};

}  // namespace wsm
