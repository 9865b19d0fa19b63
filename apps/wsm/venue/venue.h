#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <wsm/result.h>

#include "venue/counters.h"
#include "venue/options.h"
#include "venue/record.h"

namespace wsm::venue {

class Server;

/// A connection that is open now.
struct OpenConnection {
  ConnectionId id;
  std::string target;  ///< Of its upgrade request.
  std::size_t subscriptions = 0;
  bool is_silenced = false;
};

/// A market-data venue on 127.0.0.1: a WebSocket server with numbered topics, strict limits, faults
/// on command and a record of the truth (record.h). Its messages are listed in reply.h.
///
/// Threads: it runs on a thread of its own; every function may be called from any other thread.
///
/// What this does not do: TLS, compression, logins.
class Venue {
 public:
  /// Listens on a free port and begins to publish. Errors: kInvalidArgument; kNotConnected when the
  /// system gives no port.
  [[nodiscard]] static Result<std::unique_ptr<Venue>> start(const Options& options);

  Venue(const Venue&) = delete;
  Venue& operator=(const Venue&) = delete;
  ~Venue();

  // Faults. Errors: kNotConnected when that connection is not open.

  /// Resets the TCP connection.
  Result<void> cut(ConnectionId connection);
  /// Sends no data to it any more. Pings, requests and heartbeats go on as before.
  Result<void> silence(ConnectionId connection);
  /// Closes it with `code`, usually 1001 (going away) or 1012 (service restart), after what is
  /// queued for it.
  Result<void> ask_to_leave(ConnectionId connection, std::uint16_t code, std::string_view reason);
  /// Says that it is going to be closed, and does so with 1012 when `left` is over.
  Result<void> announce_leave(ConnectionId connection, Duration left);
  /// Answers upgrades with 503 and Retry-After for `span`.
  void refuse_connections(Duration span);
  /// Cuts every connection and does not listen for `downtime`; then on the same port again.
  void restart(Duration downtime);

  /// No more data from now on; everything else goes on.
  void stop_publishing();
  /// Cuts what is still open and ends the thread. The getters go on to answer.
  void stop();

  /// ws://127.0.0.1:port
  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Time since the venue began: the clock of its record.
  [[nodiscard]] Duration now() const;
  [[nodiscard]] Counters counters() const;
  [[nodiscard]] std::vector<OpenConnection> connections() const;
  /// The open connection with the most subscriptions that get data.
  [[nodiscard]] std::optional<ConnectionId> busiest() const;
  /// Topics that are sent to somebody now.
  [[nodiscard]] std::size_t topics_in_service() const;
  /// Messages that have been handed to a connection but not been written to its socket.
  [[nodiscard]] std::size_t messages_waiting() const;
  /// A copy as of now. Complete when no connection is open any more.
  [[nodiscard]] Record record() const;

 private:
  explicit Venue(std::unique_ptr<Server> server);

  /// Runs `question` on the venue's thread and brings its answer back.
  template <class Question>
  auto ask(Question question) const -> decltype(question());

  std::unique_ptr<Server> server_;
  std::string url_;
  std::uint16_t port_;
  mutable std::mutex gate_;  // Callers go in one by one, so that none meets a thread that ends.
  bool is_stopped_ = false;
  std::thread thread_;
};

}  // namespace wsm::venue
