#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/ip/tcp.hpp>

#include "venue/record.h"
#include "venue/topic.h"

namespace wsm::venue {

/// A message on its way to one client. `data` is empty for acknowledgements and heartbeats.
struct Outgoing {
  struct Data {
    TopicId topic;
    Sequence sequence;
  };

  std::string text;
  std::optional<Data> data;
};

/// An upgrade that is answered with 503.
struct Refusal {
  std::chrono::seconds retry_after;
};

class Session;

/// Where a session's news goes. Every call comes from the venue's thread, none from inside a call
/// to the session.
class SessionOwner {
 public:
  virtual ~SessionOwner() = default;

  /// Asked when an upgrade request has arrived.
  virtual std::optional<Refusal> refusal() = 0;
  /// The WebSocket is open; the id is the session's from now on.
  virtual ConnectionId handle_opened(const std::shared_ptr<Session>& session,
                                     std::string target) = 0;
  virtual void handle_text(Session& session, std::string_view text) = 0;
  virtual void handle_ping() = 0;
  /// The client's close frame has come, or its TCP connection has gone.
  virtual void handle_leaving(Session& session) = 0;
  /// `data` has been written to the socket or, on a connection that was cut or lost, may have been.
  virtual void handle_sent(Session& session, const Outgoing::Data& data) = 0;
  /// The last call. `id` is empty when it never became a WebSocket.
  virtual void handle_ended(const std::shared_ptr<Session>& session, ConnectionEnd how) = 0;
};

/// One client: HTTP upgrade, WebSocket and outbox, by Boost.Beast.
///
/// Threads: the one of its socket's io_context only.
class Session {
 public:
  struct Limits {
    std::size_t message_bytes;  ///< Larger frames are refused by Beast with 1009.
    std::size_t outbox_messages;
  };

  /// Begins to read the upgrade request. The session keeps itself alive until handle_ended.
  static std::shared_ptr<Session> start(boost::asio::ip::tcp::socket socket, SessionOwner& owner,
                                        const Limits& limits);

  virtual ~Session() = default;

  /// Queues a message; false when the outbox is full, and then nothing is queued. Does nothing
  /// after close() or cut().
  [[nodiscard]] virtual bool send(Outgoing message) = 0;

  /// Sends what is queued, then a close frame; cuts when that takes longer than five seconds.
  virtual void close(std::uint16_t code, std::string_view reason) = 0;

  /// Resets the TCP connection.
  virtual void cut() = 0;

  /// Messages that have not been written yet.
  [[nodiscard]] virtual std::size_t waiting() const = 0;

  /// None before handle_opened.
  [[nodiscard]] virtual std::optional<ConnectionId> id() const = 0;
};

}  // namespace wsm::venue
