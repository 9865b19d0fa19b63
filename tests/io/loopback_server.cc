#include "io/loopback_server.h"

#include <array>
#include <csignal>
#include <utility>

#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/assert.h"

namespace wsm::io::testing {
namespace {

/// A socket that is bound to a free port.
int bound_socket(const std::string& address) {
  const Endpoint any = *Endpoint::parse(address, 0);
  const int bound = ::socket(any.address()->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  WSM_ASSERT(bound >= 0 && ::bind(bound, any.address(), any.length()) == 0);
  return bound;
}

/// OpenSSL writes to sockets without MSG_NOSIGNAL. Only for a server's own thread: on that of a
/// client, the signal would be a fault to be found.
void block_sigpipe() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

Endpoint endpoint_of(int bound) {
  sockaddr_storage address{};
  socklen_t length = sizeof(address);
  WSM_ASSERT(getsockname(bound, reinterpret_cast<sockaddr*>(&address), &length) == 0);
  return {reinterpret_cast<const sockaddr*>(&address), length};
}

}  // namespace

ServerSocket::ServerSocket(int socket) : socket_(socket) {
  const timeval limit{.tv_sec = 30, .tv_usec = 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}

ServerSocket::~ServerSocket() {
  if (socket_ >= 0) ::close(socket_);
}

bool ServerSocket::accept_tls(const Certificate& certificate) {
  return accept_tls(certificate, {});
}

bool ServerSocket::accept_tls(const Certificate& certificate, std::string_view early) {
  const std::shared_ptr<SSL_CTX> context{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
  SSL_CTX_use_certificate(context.get(), certificate.x509.get());
  SSL_CTX_use_PrivateKey(context.get(), certificate.key.get());
  ssl_ = {SSL_new(context.get()), SSL_free};
  SSL_set_fd(ssl_.get(), socket_);
  ERR_clear_error();
  if (!early.empty()) {
    std::size_t count = 0;
    std::array<char, 16> nothing{};
    SSL_read_early_data(ssl_.get(), nothing.data(), nothing.size(), &count);
    if (SSL_write_early_data(ssl_.get(), early.data(), early.size(), &count) != 1) return false;
  }
  return SSL_accept(ssl_.get()) == 1;
}

std::string ServerSocket::receive() {
  std::array<char, 65536> space{};
  ERR_clear_error();
  const auto count = ssl_ ? SSL_read(ssl_.get(), space.data(), static_cast<int>(space.size()))
                          : ::recv(socket_, space.data(), space.size(), 0);
  int error = 0;  // Linux hides a reset that follows a FIN from recv().
  socklen_t length = sizeof(error);
  getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &length);
  has_failed_ = has_failed_ || error != 0;
  has_ended_cleanly_ = count == 0 && !has_failed_;
  return count <= 0 ? "" : std::string(space.data(), static_cast<std::size_t>(count));
}

std::string ServerSocket::receive(std::size_t count) {
  std::string all;
  while (all.size() < count) {
    const std::string more = receive();
    if (more.empty()) break;
    all += more;
  }
  return all;
}

bool ServerSocket::send(std::string_view bytes) {
  while (!bytes.empty()) {
    ERR_clear_error();
    const auto count = ssl_ ? SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()))
                            : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void ServerSocket::send_raw(std::string_view bytes) {
  static_cast<void>(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
}

void ServerSocket::send_close_notify() { SSL_shutdown(ssl_.get()); }

bool ServerSocket::has_seen_close_notify() const {
  return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

void ServerSocket::end_sending() { ::shutdown(socket_, SHUT_WR); }

void ServerSocket::reset() {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  ::close(std::exchange(socket_, -1));
}

LoopbackServer::LoopbackServer(Script script, const std::string& address)
    : listener_(bound_socket(address)), endpoint_(endpoint_of(listener_)) {
  WSM_ASSERT(::listen(listener_, 16) == 0);
  acceptor_ = std::thread{[this, script = std::move(script)] { accept_all(script); }};
}

LoopbackServer::~LoopbackServer() {
  ::shutdown(listener_, SHUT_RDWR);  // Wakes accept().
  acceptor_.join();
  for (auto& thread : scripts_) thread.join();
  ::close(listener_);
}

std::uint16_t LoopbackServer::port() const {
  // The port is at the same place in sockaddr_in6.
  return ntohs(reinterpret_cast<const sockaddr_in*>(endpoint_.address())->sin_port);
}

void LoopbackServer::accept_all(const Script& script) {
  while (true) {
    const int accepted = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (accepted < 0) return;
    scripts_.emplace_back([accepted, script] {
      block_sigpipe();
      ServerSocket socket{accepted};
      script(socket);
    });
  }
}

void echo(ServerSocket& socket) {
  while (true) {
    const std::string bytes = socket.receive();
    if (bytes.empty() || !socket.send(bytes)) return;
  }
}

Endpoint refusing_endpoint(const std::string& address) {
  // Bound and closed again. Nobody is given the port soon: Linux goes on from there.
  const int bound = bound_socket(address);
  const Endpoint endpoint = endpoint_of(bound);
  ::close(bound);
  return endpoint;
}

BlackHole::BlackHole() : listener_(bound_socket("127.0.0.1")), endpoint_(endpoint_of(listener_)) {
  // Linux queues one connection more than the backlog says, and drops the SYN of any other.
  WSM_ASSERT(::listen(listener_, 0) == 0);
  for (int i = 0; i < 2; ++i) {
    const int queued = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    static_cast<void>(::connect(queued, endpoint_.address(), endpoint_.length()));
    queued_.push_back(queued);
    pollfd writable{.fd = queued, .events = POLLOUT, .revents = 0};
    if (i == 0) WSM_ASSERT(::poll(&writable, 1, 5000) == 1);
  }
}

BlackHole::~BlackHole() {
  for (const int queued : queued_) ::close(queued);
  ::close(listener_);
}

}  // namespace wsm::io::testing
