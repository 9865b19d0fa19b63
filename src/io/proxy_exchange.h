#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

#include <wsm/result.h>

#include "wire/proxy_tunnel.h"

namespace wsm::io {

class TlsFilter;

/// Has a tunnel talk to its proxy over an open socket.
///
/// Threads: the loop's. Destruction at any moment is safe; the completion does not come then.
/// Lifetime: socket and filter outlive it.
class ProxyExchange : public std::enable_shared_from_this<ProxyExchange> {
 public:
  /// What the server has already said.
  using Outcome = Result<std::vector<std::byte>, TunnelFailure>;
  using Completion = std::function<void(Outcome)>;
  /// From now on the server can see a connect.
  using Beginning = std::function<void()>;

  /// `filter`: the TLS connection to the proxy, its handshake complete; null without TLS.
  ProxyExchange(boost::asio::ip::tcp::socket& socket, TlsFilter* filter,
                std::unique_ptr<ProxyTunnel> tunnel, Beginning beginning, Completion completion);

  /// Starts. Calls the completion once, perhaps from inside this call; before it, unless the proxy
  /// wants nothing to do with us, the beginning.
  void start();
  /// Forgets the completion: the socket is about to go.
  void cancel() { completion_ = nullptr; }

 private:
  void go_on();
  [[nodiscard]] boost::system::error_code send_pending();
  [[nodiscard]] bool is_sent() const;
  void receive_answer();
  void take(std::span<const std::byte> received);
  [[nodiscard]] ProxyTunnel::Progress take_records(std::span<const std::byte> received);
  void finish(Outcome outcome);

  boost::asio::ip::tcp::socket& socket_;
  TlsFilter* const filter_;
  const std::unique_ptr<ProxyTunnel> tunnel_;
  Beginning beginning_;    ///< Null once called.
  Completion completion_;  ///< Null once called.
};

}  // namespace wsm::io
