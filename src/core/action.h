#pragma once

#include <compare>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include <wsm/detail/subscription_id.h>
#include <wsm/error.h>
#include <wsm/event.h>
#include <wsm/metrics.h>
#include <wsm/types.h>

#include "core/subscription/request_batcher.h"
#include "wire/url.h"

namespace wsm {

/// Names one connection for ever: a generation is never used again.
struct ConnectionId {
  ShardId shard;
  Generation generation;

  friend auto operator<=>(const ConnectionId&, const ConnectionId&) = default;
};

/// What the core wants done, by whoever drives it. Each says which input answers it.
namespace action {

/// Ask url, connection_headers and subprotocols. → handle_prepared
struct Prepare {
  ConnectionId connection;
  std::uint32_t attempt;
};
/// Make a transport. → handle_dialed or handle_transport_ended
struct Dial {
  ConnectionId connection;
  Url url;
};
/// Ask on_connect. → handle_greeted
struct Greet {
  ConnectionId connection;
};
/// Make the message for a batch. → handle_rendered
struct Render {
  ConnectionId connection;
  RequestBatcher::Batch batch;
};
/// The connection is over: drop its transport.
struct CloseTransport {
  ConnectionId connection;
};
/// Tell on_disconnect: this connection had been open.
struct TellDisconnect {
  ConnectionId connection;
  DisconnectReason reason;
};
/// Ask on_error. → handle_error_answer
struct AskAboutError {
  ConnectionId connection;
  DisconnectReason reason;
};
/// The id may be given to another subscription.
struct Forget {
  SubscriptionId id;
};

}  // namespace action

using Action = std::variant<action::Prepare, action::Dial, action::Greet, action::Render,
                            action::CloseTransport, action::TellDisconnect, action::AskAboutError,
                            action::Forget>;

/// Where the machines below the supervisor put what they want done, what happened, and what they
/// counted. They only write; the supervisor hands it out.
struct Outbox {
  std::deque<Action> actions;
  std::deque<EventKind> events;
  Counters counters;

  [[nodiscard]] std::optional<Action> take_action() {
    if (actions.empty()) return std::nullopt;
    Action action = std::move(actions.front());
    actions.pop_front();
    return action;
  }
  [[nodiscard]] std::optional<EventKind> take_event() {
    if (events.empty()) return std::nullopt;
    EventKind event = std::move(events.front());
    events.pop_front();
    return event;
  }
};

}  // namespace wsm
