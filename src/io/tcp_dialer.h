#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <wsm/error.h>
#include <wsm/result.h>

#include "base/time.h"
#include "io/endpoint.h"

namespace wsm::io {

/// Tries endpoints in turn until one accepts a connection.
///
/// Each gets an equal share of the time that is left, so that a black hole in front of the list
/// does not use up what those behind it need, but kShareMin at least; what a quick refusal leaves
/// over goes to the others.
///
/// Threads: the loop's. Destruction at any moment is safe; the completion does not come then.
class TcpDialer : public std::enable_shared_from_this<TcpDialer> {
 public:
  using Outcome = Result<boost::asio::ip::tcp::socket, DisconnectReason>;
  using Completion = std::function<void(Outcome)>;

  /// Less would give up on servers at the other end of the world, whose SYN was lost perhaps.
  static constexpr Duration kShareMin = std::chrono::milliseconds{250};

  /// `source`: our own address, of the family of all `endpoints`; none: the system chooses.
  TcpDialer(boost::asio::io_context& context, std::vector<Endpoint> endpoints,
            std::optional<Endpoint> source, TimePoint deadline, Completion completion);

  /// Starts. Calls the completion exactly once, by the deadline, perhaps from inside this call:
  /// with an open socket, non-blocking, or with kConnectFailed, whose detail has a reason for each
  /// endpoint; kSourceFailed when all of these are our own address's.
  void start();

 private:
  void try_next();
  void handle_connected(std::size_t attempt, const boost::system::error_code& error);
  void handle_timeout(std::size_t attempt, Duration share);
  void note_failure(const std::string& problem);
  void note_source_failure(const std::string& problem);
  void finish();

  std::vector<Endpoint> endpoints_;
  const std::optional<Endpoint> source_;
  const TimePoint deadline_;
  Completion completion_;
  std::size_t attempt_ = 0;  ///< Which endpoint is tried. What belongs to an earlier one is stale.
  std::string problems_;
  std::size_t source_failures_ = 0;
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;
};

/// Whether `socket` has met itself, as a connect to a free port of the ephemeral range can on
/// loopback (simultaneous open, RFC 9293, section 3.5). Such a connection echoes what is sent, and
/// keeps the port from its real server.
[[nodiscard]] bool is_connected_to_itself(const boost::asio::ip::tcp::socket& socket);

}  // namespace wsm::io
