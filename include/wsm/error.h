#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <wsm/types.h>

namespace wsm {

/// Why a command was not obeyed. Each comment says what to do about it.
enum class Errc : std::uint8_t {
  kInvalidArgument,    ///< Read the detail; the call itself is wrong.
  kInvalidUtf8,        ///< Text messages must be UTF-8; send the bytes as binary instead.
  kMessageTooLarge,    ///< Over 64 MiB; split the message.
  kSendQueueFull,      ///< The server reads too slowly; send again later.
  kNotConnected,       ///< That connection is not open now; on_event tells when it is.
  kUnknownShard,       ///< Ask shard_count() or metrics() for the shards that there are.
  kAlreadySwitching,   ///< A replacement of this shard is under way; wait for its end.
  kConnectionLimit,    ///< No room within max_connections, or source_ips and shards_per_ip.
  kSubscriptionLimit,  ///< max_subscriptions are in use; unsubscribe from others first.
  kNoRoom,             ///< Every shard is full and auto_rebalance is off.
  kNotRunning,         ///< Call start() first.
  kAlreadyRunning,     ///< start() was called before; once is enough.
  kStopped,            ///< The manager has been stopped; make a new one.
  kTimeout,            ///< The deadline passed first.
  kHandlerFailed,      ///< A hook threw; the log has its name and message.
  kBrokenDown,         ///< Memory ran out, and the manager ended; make a new one. See BrokeDown.
};

[[nodiscard]] constexpr std::string_view to_string(Errc code) {
  switch (code) {
    case Errc::kInvalidArgument: return "invalid argument";
    case Errc::kInvalidUtf8: return "text is not UTF-8";
    case Errc::kMessageTooLarge: return "message too large";
    case Errc::kSendQueueFull: return "send queue full";
    case Errc::kNotConnected: return "not connected";
    case Errc::kUnknownShard: return "unknown shard";
    case Errc::kAlreadySwitching: return "already switching";
    case Errc::kConnectionLimit: return "too many connections";
    case Errc::kSubscriptionLimit: return "too many subscriptions";
    case Errc::kNoRoom: return "no room";
    case Errc::kNotRunning: return "not running";
    case Errc::kAlreadyRunning: return "already running";
    case Errc::kStopped: return "stopped";
    case Errc::kTimeout: return "timed out";
    case Errc::kHandlerFailed: return "handler failed";
    case Errc::kBrokenDown: return "broken down";
  }
  return "unknown error";
}

/// A refusal of a command, in words.
struct Error {
  Errc code;
  std::string detail;
};

[[nodiscard]] inline std::string to_string(const Error& error) {
  std::string text{to_string(error.code)};
  return error.detail.empty() ? text : text + ": " + error.detail;
}

/// What ended a connection, or kept it from opening.
enum class DisconnectKind : std::uint8_t {
  kHookFailed,      ///< url, connection_headers, subprotocols or on_connect threw, gave what cannot
                    ///< be sent, or did not return within connect_timeout.
  kInvalidUrl,      ///< The URL that the handler gave cannot be used.
  kResolveFailed,   ///< The host name has no address.
  kConnectFailed,   ///< No address of the host accepted a TCP connection.
  kTlsFailed,       ///< The TLS handshake or the certificate check failed.
  kSourceFailed,    ///< Our own address of source_ips cannot be used, or has no way to the server.
  kProxyFailed,     ///< The proxy was not reached, or did not open the way to the server.
  kUpgradeRefused,  ///< The server answered, but not with a WebSocket.
  kConnectTimeout,  ///< Not open within connect_timeout.
  kConnectionLost,  ///< TCP ended without a closing handshake.
  kClosedByServer,  ///< The server sent a close frame; close_code says why.
  kProtocolError,   ///< The server broke RFC 6455 or a limit; we closed.
  kPongTimeout,     ///< Too many pings stayed without an answer.
  kDataTimeout,     ///< Alive, but without data for data_timeout.
  kReplaced,        ///< A newer connection of the shard took over.
  kRequested,       ///< reconnect_shard(), or nothing left to carry.
  kStopped,         ///< stop().
};

[[nodiscard]] constexpr std::string_view to_string(DisconnectKind kind) {
  switch (kind) {
    case DisconnectKind::kHookFailed: return "a hook failed";
    case DisconnectKind::kInvalidUrl: return "invalid URL";
    case DisconnectKind::kResolveFailed: return "name not resolved";
    case DisconnectKind::kConnectFailed: return "connect failed";
    case DisconnectKind::kTlsFailed: return "TLS failed";
    case DisconnectKind::kSourceFailed: return "source address failed";
    case DisconnectKind::kProxyFailed: return "proxy failed";
    case DisconnectKind::kUpgradeRefused: return "upgrade refused";
    case DisconnectKind::kConnectTimeout: return "connect timed out";
    case DisconnectKind::kConnectionLost: return "connection lost";
    case DisconnectKind::kClosedByServer: return "closed by server";
    case DisconnectKind::kProtocolError: return "protocol error";
    case DisconnectKind::kPongTimeout: return "pings unanswered";
    case DisconnectKind::kDataTimeout: return "no data";
    case DisconnectKind::kReplaced: return "replaced";
    case DisconnectKind::kRequested: return "closed on request";
    case DisconnectKind::kStopped: return "stopped";
  }
  return "unknown";
}

/// The end of one connection, or of one attempt at it.
struct DisconnectReason {
  DisconnectKind kind = DisconnectKind::kConnectionLost;
  std::string detail = {};                       ///< What exactly; may be empty.
  std::optional<std::uint16_t> close_code = {};  ///< From the server's close frame (RFC 6455, 7.4).
  std::optional<unsigned> http_status = {};      ///< From a refused upgrade, or a proxy.
  std::optional<Duration> retry_after = {};      ///< The Retry-After that came with it.
  std::string location = {};  ///< Where a refused upgrade says that the server is: a redirect.
};

[[nodiscard]] std::string to_string(const DisconnectReason& reason);

/// A handler's answer to a failure. Whatever it is, a Retry-After of the server is obeyed.
enum class ErrorAnswer : std::uint8_t {
  kDefault,             ///< As the tables of docs/recovery.md say, by kind, status and close code.
  kRetry,               ///< With the usual backoff.
  kRetrySlowly,         ///< Between half of max_delay and all of it.
  kRefreshCredentials,  ///< The next attempt has ConnectionState::refresh_credentials set; with the
                        ///< usual backoff, and slowly when it is refused again.
  kStop,                ///< Leaves the shard suspended until reconnect_shard().
};

[[nodiscard]] constexpr std::string_view to_string(ErrorAnswer answer) {
  switch (answer) {
    case ErrorAnswer::kDefault: return "default";
    case ErrorAnswer::kRetry: return "retry";
    case ErrorAnswer::kRetrySlowly: return "retry slowly";
    case ErrorAnswer::kRefreshCredentials: return "refresh credentials";
    case ErrorAnswer::kStop: return "stop";
  }
  return "unknown";
}

}  // namespace wsm
