#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/time.h"
#include "io/endpoint.h"
#include "io/tcp_dialer.h"

namespace wsm::io {

/// Lets the addresses of one family have a head start, and those of the other run against them
/// (Happy Eyeballs, RFC 8305, section 5): a network whose IPv6 leads nowhere costs the head start,
/// and not half of the time there is. Within a family they are tried in turn.
///
/// The loser may have been seen by the server for a moment, as a connect without a request.
/// Threads: the loop's. Destruction at any moment is safe; the completion does not come then.
class DialRace : public std::enable_shared_from_this<DialRace> {
 public:
  using Outcome = TcpDialer::Outcome;
  using Completion = TcpDialer::Completion;

  /// RFC 8305, section 8.
  static constexpr Duration kHeadStart = std::chrono::milliseconds{250};

  /// The family of the first of `endpoints` begins. Without a head start there is no race: all are
  /// tried in turn, one connect at a time.
  DialRace(boost::asio::io_context& context, std::vector<Endpoint> endpoints,
           std::optional<Endpoint> source, TimePoint deadline, std::optional<Duration> head_start,
           Completion completion);

  /// Starts. Calls the completion exactly once, by the deadline, perhaps from inside this call:
  /// with an open socket, or with kConnectFailed and a reason for each address.
  void start();

 private:
  struct Runner {
    std::vector<Endpoint> endpoints;
    std::shared_ptr<TcpDialer> dialer;  ///< Once it runs, until it has failed.
    bool has_started = false;
  };

  void run(Runner& runner);
  void handle_outcome(Runner& runner, Outcome outcome);

  boost::asio::io_context& context_;
  const std::optional<Endpoint> source_;
  const TimePoint deadline_;
  const std::optional<Duration> head_start_;
  Completion completion_;  ///< Null once called.
  std::array<Runner, 2> runners_;
  std::string problems_;
  boost::asio::steady_timer timer_;
};

}  // namespace wsm::io
