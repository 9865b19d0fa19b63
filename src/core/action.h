#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include <wsm/detail/subscription_id.h>
#include <wsm/error.h>

#include "base/time.h"
#include "core/connection/connection_id.h"
#include "core/limits/source_addresses.h"
#include "core/recovery/endpoint_rotation.h"
#include "core/recovery/proxy_rotation.h"
#include "core/subscription/request_batcher.h"
#include "wire/url.h"

namespace wsm {

/// What the core wants done, by whoever drives it. Each says which input answers it.
namespace action {

/// Ask urls and pick_url() one of them, unless the server has named one (`choice.directed`); ask
/// connection_headers and subprotocols about that.
/// → handle_prepared
struct Prepare {
  ConnectionId connection;
  std::uint32_t attempt;
  bool refresh_credentials;  ///< What the hooks have cached was refused.
  EndpointChoice choice;
};
/// Make a transport. → handle_connecting, unless nothing could be connected to, and then
/// handle_dialed or handle_transport_ended
struct Dial {
  ConnectionId connection;
  Url url;
  TimePoint deadline;               ///< The attempt is given up then.
  SourceIndex source;               ///< Of ConnectionOptions::source_ips, where there are any.
  std::optional<ProxyIndex> proxy;  ///< The way to the server, if it is not the straight one.
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

}  // namespace wsm
