#include "manager/raw_server.h"

#include <array>
#include <chrono>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/assert.h"
#include "io/system_entropy.h"
#include "support/server_codec.h"

namespace wsm::testing {
namespace {

constexpr int kPollMilliseconds = 10;

sockaddr* generic(sockaddr_in& address) { return reinterpret_cast<sockaddr*>(&address); }

/// A socket that is bound to a free port of 127.0.0.1.
int bound_socket() {
  const int bound = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  WSM_ASSERT(bind(bound, generic(address), sizeof address) == 0);
  return bound;
}

sockaddr_in address_of(int bound) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  WSM_ASSERT(getsockname(bound, generic(address), &size) == 0);
  return address;
}

std::string url_of(int bound) {
  return "ws://127.0.0.1:" + std::to_string(ntohs(address_of(bound).sin_port));
}

bool is_ready(int socket, short what, int milliseconds = kPollMilliseconds) {
  pollfd wanted{.fd = socket, .events = what, .revents = 0};
  return poll(&wanted, 1, milliseconds) == 1;
}

/// The value of the header `name`, which a test's client always writes as it is written here.
std::string header_of(std::string_view head, std::string_view name) {
  const auto begin = head.find(name) + name.size() + 2;
  return std::string{head.substr(begin, head.find("\r\n", begin) - begin)};
}

}  // namespace

RawConnection::~RawConnection() { close(socket_); }

std::string RawConnection::receive() {
  while (!is_over_) {
    if (!is_ready(socket_, POLLIN)) continue;
    std::array<char, 4096> space;
    const auto count = recv(socket_, space.data(), space.size(), 0);
    return count > 0 ? std::string{space.data(), static_cast<std::size_t>(count)} : std::string{};
  }
  return {};
}

std::string RawConnection::client_address() const {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  WSM_ASSERT(getpeername(socket_, generic(address), &size) == 0);
  std::array<char, INET_ADDRSTRLEN> text{};
  return inet_ntop(AF_INET, &address.sin_addr, text.data(), text.size());
}

bool RawConnection::accept_upgrade(std::string_view first) {
  std::string head;
  while (head.find("\r\n\r\n") == std::string::npos) {
    const std::string more = receive();
    if (more.empty()) return false;
    head += more;
  }
  send(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: " +
      io::accept_for(header_of(head, "Sec-WebSocket-Key")) + "\r\n\r\n" + std::string{first});
  return true;
}

void RawConnection::send(std::string_view bytes) {
  while (!bytes.empty() && !is_over_) {
    if (!is_ready(socket_, POLLOUT)) continue;
    const auto count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

bool RawConnection::wait_for_frame(Opcode opcode) {
  std::string received;
  for (;;) {
    std::string_view rest = received;
    std::string_view fault;
    while (const auto frame = test::take_client_frame(rest, fault)) {
      if (frame->opcode == opcode) return true;
    }
    received.erase(0, received.size() - rest.size());
    const std::string more = receive();
    if (more.empty()) return false;
    received += more;
  }
}

void RawConnection::wait_until_closed() {
  while (!receive().empty()) continue;
}

RawServer::RawServer(Script script) : listener_(bound_socket()), url_(url_of(listener_)) {
  WSM_ASSERT(listen(listener_, SOMAXCONN) == 0);
  acceptor_ = std::thread{[this, script = std::move(script)] { accept_all(script); }};
}

RawServer::~RawServer() {
  is_over_ = true;
  acceptor_.join();
  for (std::thread& script : scripts_) script.join();
  close(listener_);
}

void RawServer::accept_all(const Script& script) {
  while (!is_over_) {
    if (!is_ready(listener_, POLLIN)) continue;
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) continue;
    ++accepted_;
    scripts_.emplace_back([this, script, socket] {
      RawConnection connection{socket, is_over_};
      script(connection);
    });
  }
}

BlackHole::BlackHole() : listener_(bound_socket()), url_(url_of(listener_)) {
  WSM_ASSERT(listen(listener_, 0) == 0);
  sockaddr_in address = address_of(listener_);
  // The kernel takes one more than the backlog says; the first that is not taken shows that it is
  // full.
  bool is_full = false;
  while (!is_full) {
    const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    (void)connect(client, generic(address), sizeof address);
    is_full = !is_ready(client, POLLOUT, 200);
    queued_.push_back(client);
  }
}

BlackHole::~BlackHole() {
  for (const int client : queued_) close(client);
  close(listener_);
}

RefusingPort::RefusingPort() : socket_(bound_socket()), url_(url_of(socket_)) {}

RefusingPort::~RefusingPort() { close(socket_); }

}  // namespace wsm::testing
