#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <wsm/error.h>
#include <wsm/result.h>

#include "base/time.h"
#include "io/dial_target.h"
#include "io/endpoint.h"
#include "io/name_resolver.h"

namespace wsm::io {

class EventLoop;
class TcpDialer;
class TlsFilter;

/// Opens one connection: name to addresses, addresses to a TCP connection, TLS handshake. One
/// deadline bounds all of it.
///
/// Threads: the loop's. Destruction at any moment is safe; the completion does not come then.
class Connector : public std::enable_shared_from_this<Connector> {
 public:
  struct Connected {
    boost::asio::ip::tcp::socket socket;
    std::unique_ptr<TlsFilter> filter;  ///< Null without TLS. May hold input that came early.
  };
  using Outcome = Result<Connected, DisconnectReason>;
  using Completion = std::function<void(Outcome)>;

  Connector(EventLoop& loop, DialTarget target, Duration timeout, Completion completion);
  ~Connector();

  /// Starts. Calls the completion exactly once, from the loop and never inside this call.
  /// Errors: kResolveFailed, kConnectFailed, kTlsFailed, each with what happened. The last one is
  /// OpenSSL's verdict; a network that fails in the middle of the handshake is kConnectFailed,
  /// since the next attempt may well succeed.
  void start(NameResolver& names);

 private:
  void look_up(NameResolver& names);
  void handle_resolved(const NameResolver::Resolved& resolved);
  void connect(std::vector<Endpoint> endpoints);
  void handle_connected(Result<boost::asio::ip::tcp::socket, DisconnectReason> connected);
  void shake_hands();
  void receive_records();
  void fail_at_deadline(DisconnectKind kind, std::string detail);
  void finish(Outcome outcome);

  EventLoop& loop_;
  DialTarget target_;
  const Duration timeout_;
  const TimePoint deadline_;
  Completion completion_;                          ///< Null once called.
  std::shared_ptr<NameResolver::LookUp> look_up_;  ///< While the name is looked up.
  std::shared_ptr<TcpDialer> dialer_;
  boost::asio::ip::tcp::socket socket_;
  std::unique_ptr<TlsFilter> filter_;
  boost::asio::steady_timer timer_;
  int timer_turn_ = 0;  ///< Counts settings of the timer; the expiry of an earlier one is stale.
};

}  // namespace wsm::io
