#pragma once

#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <wsm/result.h>

#include "venue/exchange.h"
#include "venue/pacer.h"
#include "venue/session.h"

namespace wsm::venue {

/// The venue's sockets and timers: moves bytes between sessions and the exchange.
///
/// Threads: one, which runs `context()`; the owner brings its calls there.
class Server final : public SessionOwner {
 public:
  explicit Server(const Options& options);

  // Commands.
  [[nodiscard]] Result<void> listen();
  Result<void> cut(ConnectionId connection, FaultKind why = FaultKind::kCut);
  Result<void> silence(ConnectionId connection);
  Result<void> ask_to_leave(ConnectionId connection, std::uint16_t code, std::string_view reason);
  Result<void> announce_leave(ConnectionId connection, Duration left);
  void refuse_connections(Duration span);
  void restart(Duration downtime);
  void stop_publishing();
  /// Ends everything, so that `context()` runs out of work.
  void shut_down();

  // Getters.
  [[nodiscard]] boost::asio::io_context& context() { return context_; }
  [[nodiscard]] std::uint16_t port() const { return endpoint_.port(); }
  [[nodiscard]] Duration now() const { return std::chrono::steady_clock::now() - began_; }
  [[nodiscard]] const Exchange& exchange() const { return exchange_; }
  [[nodiscard]] std::size_t messages_waiting() const;

 private:
  std::optional<Refusal> refusal() override;
  ConnectionId handle_opened(const std::shared_ptr<Session>& session, std::string target) override;
  void handle_text(Session& session, std::string_view text) override;
  void handle_ping() override;
  void handle_leaving(Session& session) override;
  void handle_sent(Session& session, const Outgoing::Data& data) override;
  void handle_ended(const std::shared_ptr<Session>& session, ConnectionEnd how) override;

  void accept();
  void reopen_after(Duration downtime);
  void close_after(ConnectionId connection, Duration left);
  void schedule_publishing();
  void publish_due();
  void schedule_heartbeat();
  [[nodiscard]] Session* find(ConnectionId connection) const;
  void cut_all();

  const Options options_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  boost::asio::io_context context_{1};
  boost::asio::ip::tcp::acceptor acceptor_{context_};
  boost::asio::ip::tcp::endpoint endpoint_;
  boost::asio::steady_timer publish_timer_{context_};
  boost::asio::steady_timer heartbeat_timer_{context_};
  boost::asio::steady_timer accept_timer_{context_};
  Exchange exchange_;
  Pacer pacer_;
  std::set<std::shared_ptr<Session>> sessions_;            // All, handshakes included.
  std::map<ConnectionId, std::shared_ptr<Session>> open_;  // Those that are WebSockets.
  std::list<boost::asio::steady_timer> drain_timers_;
  Duration refusing_until_{};
  bool is_publishing_ = true;
  bool is_shut_down_ = false;
};

}  // namespace wsm::venue
