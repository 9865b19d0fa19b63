#include "io/tcp_dialer.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <utility>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/assert.h"
#include "io/disconnect_reason.h"
#include "io/steady_clock.h"

namespace wsm::io {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

tcp::endpoint to_asio(const Endpoint& endpoint) {
  tcp::endpoint converted;
  converted.resize(endpoint.length());
  std::memcpy(converted.data(), endpoint.address(), endpoint.length());
  return converted;
}

/// Closes what it still has at its end.
struct Descriptor {
  explicit Descriptor(int opened) : number(opened) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }

  int number;
};

/// Opens a socket with the options of every connection of ours.
error_code open_socket(tcp::socket& socket, const tcp::endpoint& endpoint) {
  // Asio opens sockets that child processes inherit. Such a copy keeps a connection alive that we
  // have closed, and setting the flag later leaves a gap in which another thread may fork.
  const auto protocol = endpoint.protocol();
  Descriptor opened{::socket(protocol.family(), SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP)};
  if (opened.number < 0) return {errno, boost::system::system_category()};
  error_code error;
  socket.assign(protocol, opened.number, error);
  if (error) return error;
  opened.number = -1;
  socket.non_blocking(true, error);
  // Frames are gathered before they are written, so Nagle's algorithm could only delay them.
  // Nothing is set for acknowledgements: Linux does not delay them on a connection that mostly
  // receives.
  if (!error) socket.set_option(tcp::no_delay{true}, error);
  // Finds dead peers in the end even where pings are switched off.
  if (!error) socket.set_option(asio::socket_base::keep_alive{true}, error);
  return error;
}

/// The port is chosen when the socket connects, or all connections of an address would share the
/// ephemeral ports, wherever they lead to.
error_code bind_to(tcp::socket& socket, const Endpoint& source) {
  const int on = 1;
  if (::setsockopt(socket.native_handle(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on)) {
    return {errno, boost::system::system_category()};
  }
  error_code error;
  socket.bind(to_asio(source), error);
  return error;
}

/// This machine has said so itself: no port is free at the address, or no way leads from there;
/// from loopback to somewhere else it is an invalid argument.
bool has_not_left(const error_code& error) {
  constexpr int kCodes[] = {EADDRNOTAVAIL, ENETUNREACH, EINVAL};
  return error.category() == boost::system::system_category() &&
         std::ranges::find(kCodes, error.value()) != std::end(kCodes);
}

std::string milliseconds_text(Duration duration) {
  return std::to_string(std::chrono::round<std::chrono::milliseconds>(duration).count()) + " ms";
}

}  // namespace

TcpDialer::TcpDialer(asio::io_context& context, std::vector<Endpoint> endpoints,
                     std::optional<Endpoint> source, TimePoint deadline, Completion completion)
    : endpoints_(std::move(endpoints)),
      source_(std::move(source)),
      deadline_(deadline),
      completion_(std::move(completion)),
      socket_(context),
      timer_(context) {
  WSM_ASSERT(!endpoints_.empty());
}

void TcpDialer::start() { try_next(); }

void TcpDialer::try_next() {
  error_code ignored;
  for (; attempt_ < endpoints_.size(); ++attempt_) {
    const Duration left = deadline_ - now();
    if (left <= Duration::zero()) break;
    const tcp::endpoint endpoint = to_asio(endpoints_[attempt_]);
    socket_.close(ignored);
    if (const error_code error = open_socket(socket_, endpoint)) {
      note_failure(error.message());
      continue;
    }
    if (const error_code error = source_ ? bind_to(socket_, *source_) : error_code{}) {
      note_source_failure(error.message());
      continue;
    }

    const auto others = static_cast<Duration::rep>(endpoints_.size() - attempt_);
    const Duration share = std::min(left, std::max(left / others, kShareMin));
    timer_.expires_after(share);
    timer_.async_wait([weak = weak_from_this(), attempt = attempt_, share](error_code error) {
      if (error) return;
      if (const auto self = weak.lock()) self->handle_timeout(attempt, share);
    });
    socket_.async_connect(endpoint,
                          [weak = weak_from_this(), attempt = attempt_](error_code error) {
                            if (const auto self = weak.lock())
                              self->handle_connected(attempt, error);
                          });
    return;
  }
  finish();
}

void TcpDialer::handle_connected(std::size_t attempt, const error_code& error) {
  if (attempt != attempt_) return;
  timer_.cancel();
  if (!error && !is_connected_to_itself(socket_)) {
    attempt_ = endpoints_.size();
    return std::exchange(completion_, nullptr)(std::move(socket_));
  }
  if (source_ && has_not_left(error)) {
    note_source_failure(error.message());
  } else {
    note_failure((error ? error : make_error_code(asio::error::connection_refused)).message());
  }
  ++attempt_;
  try_next();
}

void TcpDialer::handle_timeout(std::size_t attempt, Duration share) {
  if (attempt != attempt_) return;
  note_failure("no answer within " + milliseconds_text(share));
  ++attempt_;
  try_next();
}

void TcpDialer::note_failure(const std::string& problem) {
  if (!problems_.empty()) problems_ += "; ";
  problems_ += to_string(endpoints_[attempt_]) + ": " + problem;
}

void TcpDialer::note_source_failure(const std::string& problem) {
  note_failure("from " + address_text(*source_) + ": " + problem);
  ++source_failures_;
}

void TcpDialer::finish() {
  error_code ignored;
  socket_.close(ignored);
  const std::size_t untried = endpoints_.size() - attempt_;
  attempt_ = endpoints_.size();
  if (untried > 0) {
    problems_ += (problems_.empty() ? "" : "; ") + std::to_string(untried) +
                 (untried == 1 ? " address was" : " addresses were") +
                 " not tried for lack of time";
  }
  const auto kind = source_failures_ == endpoints_.size() ? DisconnectKind::kSourceFailed
                                                          : DisconnectKind::kConnectFailed;
  std::exchange(completion_, nullptr)(Failure{disconnect_reason(kind, std::move(problems_))});
}

bool is_connected_to_itself(const tcp::socket& socket) {
  error_code local_error;
  error_code remote_error;
  const auto local = socket.local_endpoint(local_error);
  const auto remote = socket.remote_endpoint(remote_error);
  return !local_error && !remote_error && local == remote;
}

}  // namespace wsm::io
