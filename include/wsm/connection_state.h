#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <wsm/message.h>
#include <wsm/result.h>
#include <wsm/types.h>

namespace wsm {

namespace detail {

/// Where a Sender's messages go.
class SendPort {
 public:
  virtual ~SendPort() = default;
  virtual Result<void> send(ShardId shard, Generation generation, OutgoingMessage message) = 0;
};

}  // namespace detail

/// Sends on one connection, and on no other: when that connection has ended, so has the sender.
///
/// Threads: any; also from inside a hook. May outlive the manager; it then answers kStopped.
class Sender {
 public:
  Sender() = default;
  Sender(std::weak_ptr<detail::SendPort> port, ShardId shard, Generation generation)
      : port_(std::move(port)), shard_(shard), generation_(generation) {}

  /// Errors: kNotConnected, kInvalidUtf8, kMessageTooLarge, kSendQueueFull, kStopped.
  Result<void> send(OutgoingMessage message) const {
    if (auto port = port_.lock()) return port->send(shard_, generation_, std::move(message));
    return Failure{Error{Errc::kStopped, "the manager is gone"}};
  }

 private:
  std::weak_ptr<detail::SendPort> port_;
  ShardId shard_{};
  Generation generation_{};
};

/// Which connection a hook is called for.
struct ConnectionState {
  ShardId shard_id;
  Generation generation;      ///< 1 for the first connection of the shard, then counted up.
  std::uint32_t attempt = 0;  ///< Failures in a row before this connection; 0 when all is well.
  std::string url;            ///< Where it goes; empty until url or urls has answered.
  /// The server has refused the credentials of an attempt before this one, and no connection has
  /// opened since: url, connection_headers and on_connect must not answer from a cache, but fetch
  /// a new token.
  bool refresh_credentials = false;
  Sender reply_to;

  /// Sends on the connection that this state describes.
  [[nodiscard]] const Sender& sender() const { return reply_to; }
};

}  // namespace wsm
