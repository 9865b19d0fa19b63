#pragma once

#include <functional>
#include <memory>

#include <boost/asio/ip/tcp.hpp>

#include <wsm/error.h>
#include <wsm/result.h>

namespace wsm::io {

class TlsFilter;

/// The handshake of a filter over an open socket.
///
/// Threads: the loop's. Destruction at any moment is safe; the completion does not come then.
/// Lifetime: socket and filter outlive it.
class TlsHandshake : public std::enable_shared_from_this<TlsHandshake> {
 public:
  using Outcome = Result<void, DisconnectReason>;
  using Completion = std::function<void(Outcome)>;

  TlsHandshake(boost::asio::ip::tcp::socket& socket, TlsFilter& filter, Completion completion);

  /// Starts. Calls the completion once, perhaps from inside this call. The filter may hold input
  /// then that came early, and records that the kernel did not take yet.
  /// Errors: kTlsFailed, OpenSSL's verdict; kConnectFailed for a network that fails in the middle,
  /// since the next attempt may well succeed.
  void start();

 private:
  void go_on();
  void receive_records();
  void finish(Outcome outcome);

  boost::asio::ip::tcp::socket& socket_;
  TlsFilter& filter_;
  Completion completion_;  ///< Null once called.
};

}  // namespace wsm::io
