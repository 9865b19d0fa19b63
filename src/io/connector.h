#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <wsm/error.h>
#include <wsm/result.h>

#include "base/time.h"
#include "io/dial_target.h"
#include "io/endpoint.h"
#include "io/name_resolver.h"
#include "wire/proxy_tunnel.h"

namespace wsm::io {

class DialRace;
class EventLoop;
class ProxyExchange;
class TlsFilter;
class TlsHandshake;

/// Opens one connection: name to addresses, addresses to a TCP connection, TLS handshake; through a
/// proxy the same to the proxy first, and then it is asked for the way. One deadline bounds all.
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
  /// TCP has begun, or the proxy is asked for it: the server can see the connect.
  using Beginning = std::function<void()>;

  Connector(EventLoop& loop, DialTarget target, Duration timeout, Beginning beginning,
            Completion completion);
  ~Connector();

  /// Starts. Calls the completion exactly once, from the loop and never inside this call; before
  /// it, unless there is nothing to connect to, the beginning.
  /// Errors: kResolveFailed, kConnectFailed, kTlsFailed, kProxyFailed, kSourceFailed, each with
  /// what happened. kTlsFailed is OpenSSL's verdict; a network that fails in the middle of the
  /// handshake is kConnectFailed, since the next attempt may well succeed. kProxyFailed is
  /// everything until the proxy opens the way, but for a server that it cannot reach. Lifetime:
  /// `names` outlives the connector.
  void start(NameResolver& names);

 private:
  using Endpoints = std::vector<Endpoint>;

  void look_up(const std::string& host, std::uint16_t port, void (Connector::*found)(Endpoints));
  void find_first_hop();
  [[nodiscard]] const std::string& first_host() const;
  void take_target_addresses(Endpoints addresses);
  void connect(Endpoints endpoints);
  void handle_connected(Result<boost::asio::ip::tcp::socket, DisconnectReason> connected);
  void shake_hands(void (Connector::*done)());
  void ask_proxy();
  void begin();
  void handle_tunnel(const Result<std::vector<std::byte>, TunnelFailure>& outcome);
  void handle_tunnel_failure(const TunnelFailure& failure);
  void secure(std::span<const std::byte> early);
  void succeed();
  void try_next_host();
  void begin_step(DisconnectKind kind, std::string problem, Duration time);
  [[nodiscard]] Duration timeout_left() const;
  [[nodiscard]] Duration share_of_time() const;
  void fail(DisconnectReason reason);
  void finish(Outcome outcome);

  EventLoop& loop_;
  DialTarget target_;
  const Duration timeout_;
  const TimePoint deadline_;
  const Beginning beginning_;
  Completion completion_;  ///< Null once called.
  NameResolver* names_ = nullptr;
  bool has_begun_ = false;
  bool is_at_proxy_ = false;                       ///< It has not opened the way yet.
  Endpoints first_hop_;                            ///< The addresses of the proxy.
  std::vector<std::string> tunnel_hosts_;          ///< What the proxy is still to be asked for.
  std::shared_ptr<NameResolver::LookUp> look_up_;  ///< While a name is looked up.
  std::shared_ptr<DialRace> dialer_;               ///< Each from its step on.
  std::shared_ptr<TlsHandshake> handshake_;
  std::shared_ptr<ProxyExchange> exchange_;
  boost::asio::ip::tcp::socket socket_;
  std::unique_ptr<TlsFilter> filter_;
  boost::asio::steady_timer timer_;
  int step_ = 0;  ///< Counts steps; the expiry of the timer of an earlier one is stale.
};

}  // namespace wsm::io
