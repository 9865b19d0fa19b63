#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <wsm/connection_state.h>
#include <wsm/detail/subscription_name.h>
#include <wsm/error.h>
#include <wsm/event.h>
#include <wsm/inspection.h>
#include <wsm/message.h>
#include <wsm/types.h>

namespace wsm {

/// What an application says about its feed, and where the feed arrives.
///
/// `Subscription` is whatever names one: copyable, equality-comparable, with a std::hash. What
/// these throw comes out of the function of the manager that was given the subscriptions, and that
/// has then done nothing; inside a hook it counts as thrown by the hook. Destruction must not
/// throw.
///
/// Threads, and with them what a hook may do:
///
///   hook                                              runs on             may block
///   url, urls, connection_headers, subprotocols,      hook pool           yes; counts against
///     on_connect, on_error                                                connect_timeout
///   on_message, on_disconnect, on_event               delivery thread     yes; slows only itself
///     the same with low_latency_mode                  I/O thread          no
///   subscriptions, max_subscriptions_per_shard        caller of start()   yes
///   subscription_message, unsubscription_message,     I/O thread          no
///     is_heartbeat, is_data_message, inspect,
///     subscription_name
///
/// Hooks of different rows run at the same time. Any exception from any hook is caught, counted and
/// logged with the hook's name, those of a hook that goes on throwing once a second. Every function
/// of the manager may be called from inside a hook; a hook of the I/O thread must not wait for a
/// lock that is held around such a call.
template <class Subscription>
class WebSocketHandler {
 public:
  using subscription_type = Subscription;

  WebSocketHandler() = default;
  WebSocketHandler(const WebSocketHandler&) = delete;
  WebSocketHandler& operator=(const WebSocketHandler&) = delete;
  virtual ~WebSocketHandler() = default;

  /// Where to connect: ws:// or wss://. Asked anew for each attempt, unless urls() has an answer.
  virtual std::string url(const ConnectionState& state) = 0;

  /// The same where there are several places that serve the same: a shard begins with the first,
  /// and goes on to the next when an attempt fails, its connection is lost, falls silent or has a
  /// drain notice. It passes over those at which nobody can connect (docs/recovery.md, "Several
  /// URLs"). Places are known by their order, so that a URL may have a new token each time. To
  /// spread shards over them, let the order depend on state.shard_id.
  virtual std::vector<std::string> urls(const ConnectionState&) { return {}; }

  /// One message, each in the order of its connection.
  virtual void on_message(const Message& message, const ConnectionState& state) = 0;

  /// What to carry from start() on; repeated ones count once.
  virtual std::vector<Subscription> subscriptions() = 0;

  /// The request that subscribes to all of `topics`; none when nothing needs to be sent. Called
  /// with at most subscriptions_per_message of them, and again with fewer when the message is
  /// longer than bytes_per_message.
  virtual std::optional<OutgoingMessage> subscription_message(
      std::span<const Subscription> topics) = 0;

  /// The request that ends them; none when the server knows no such thing.
  virtual std::optional<OutgoingMessage> unsubscription_message(std::span<const Subscription>) {
    return std::nullopt;
  }

  /// Messages that go out first on each new connection: a login, a hello.
  virtual std::vector<OutgoingMessage> on_connect(const ConnectionState&) { return {}; }

  /// Headers to add to the upgrade request.
  virtual std::vector<Header> connection_headers(const ConnectionState&) { return {}; }

  /// Subprotocols to offer, in order of preference (RFC 6455, section 1.9).
  virtual std::vector<std::string> subprotocols(const ConnectionState&) { return {}; }

  /// A connection that was open has ended.
  virtual void on_disconnect(const ConnectionState&, const DisconnectReason&) {}

  /// An attempt has failed, or a connection was lost: overrules what the tables of docs/recovery.md
  /// say of it. The next attempt waits for the answer, but no longer than connect_timeout. While
  /// another connection of the shard serves, only kRefreshCredentials changes anything.
  virtual ErrorAnswer on_error(const ConnectionState&, const DisconnectReason&) {
    return ErrorAnswer::kDefault;
  }

  /// Asked once, by start(), unless the configuration has its own number.
  virtual std::size_t max_subscriptions_per_shard() { return 500; }

  /// True for messages that only say that the server is there.
  virtual bool is_heartbeat(const Message&) { return false; }

  /// True for messages that prove that the feed is alive. Deny it to acknowledgements, or a dead
  /// feed looks healthy.
  virtual bool is_data_message(const Message& message) { return !is_heartbeat(message); }

  /// Asked once for each message: what is it, and whose? All that the manager knows about single
  /// subscriptions comes from here. What this leaves undecided, as the default does with
  /// everything, the two hooks above decide; the manager then knows what connections alone can
  /// tell.
  virtual Inspection<Subscription> inspect(const Message&) { return {}; }

  /// How events and logs call a subscription; what an application can find it by again.
  virtual std::string subscription_name(const Subscription& subscription) {
    return detail::default_name(subscription);
  }

  /// Everything else that happens, in order.
  virtual void on_event(const Event&) {}
};

}  // namespace wsm
