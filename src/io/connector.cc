#include "io/connector.h"

#include <chrono>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "base/assert.h"
#include "io/disconnect_reason.h"
#include "io/event_loop.h"
#include "io/steady_clock.h"
#include "io/tcp_dialer.h"
#include "io/tcp_transfer.h"
#include "io/tls_context.h"
#include "io/tls_filter.h"

namespace wsm::io {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

std::unique_ptr<TlsFilter> make_filter(const DialTarget& target) {
  if (!target.tls) return nullptr;
  const auto& [context, server_name] = *target.tls;
  return std::make_unique<TlsFilter>(*context, server_name.empty() ? target.host : server_name);
}

}  // namespace

Connector::Connector(EventLoop& loop, DialTarget target, Duration timeout, Completion completion)
    : loop_(loop),
      target_(std::move(target)),
      timeout_(timeout),
      deadline_(now() + timeout),
      completion_(std::move(completion)),
      socket_(loop.context()),
      filter_(make_filter(target_)),
      timer_(loop.context()) {}

Connector::~Connector() = default;

void Connector::start(NameResolver& names) {
  std::vector<Endpoint> endpoints = std::move(target_.endpoints);
  if (endpoints.empty()) {
    // An address in figures need not wait for a thread that may be busy with a slow name.
    const auto endpoint = Endpoint::parse(target_.host, target_.port);
    if (!endpoint) return look_up(names);
    endpoints.push_back(*endpoint);
  }
  asio::post(loop_.context(), [weak = weak_from_this(), endpoints = std::move(endpoints)] {
    if (const auto self = weak.lock()) self->connect(endpoints);
  });
}

void Connector::look_up(NameResolver& names) {
  look_up_ = names.look_up(target_.host, target_.port,
                           [weak = weak_from_this()](const NameResolver::Resolved& resolved) {
                             if (const auto self = weak.lock()) self->handle_resolved(resolved);
                           });
  fail_at_deadline(DisconnectKind::kResolveFailed, target_.host + ": no address of this name");
}

void Connector::handle_resolved(const NameResolver::Resolved& resolved) {
  if (!completion_) return;
  look_up_.reset();
  if (!resolved) return finish(Failure{resolved.error()});
  connect(*resolved);
}

void Connector::connect(std::vector<Endpoint> endpoints) {
  timer_.cancel();
  ++timer_turn_;
  if (const auto& source = target_.source) {
    std::erase_if(endpoints, [&](const Endpoint& it) { return it.is_v6() != source->is_v6(); });
    if (endpoints.empty()) {
      const std::string family = source->is_v6() ? "IPv6" : "IPv4";
      return finish(
          Failure{disconnect_reason(DisconnectKind::kConnectFailed,
                                    target_.host + " has no " + family + " address, which source " +
                                        address_text(*source) + " would need")});
    }
  }
  // The dialer keeps the deadline by itself.
  const auto dialer = std::make_shared<TcpDialer>(
      loop_.context(), std::move(endpoints), target_.source, deadline_,
      [this](TcpDialer::Outcome outcome) { handle_connected(std::move(outcome)); });
  dialer_ = dialer;
  dialer->start();
}

void Connector::handle_connected(Result<tcp::socket, DisconnectReason> connected) {
  if (!connected) return finish(Failure{std::move(connected).error()});
  socket_ = *std::move(connected);
  if (!filter_) return finish(Connected{std::move(socket_), nullptr});
  fail_at_deadline(DisconnectKind::kConnectFailed, "the server did not complete the TLS handshake");
  shake_hands();
}

void Connector::shake_hands() {
  const TlsStatus status = filter_->handshake();
  // What the kernel does not take now is sent at the next turn.
  const error_code error = send_records(socket_, *filter_);
  if (status == TlsStatus::kFailed) return finish(Failure{*filter_->failure()});
  if (status == TlsStatus::kOk) {
    // Session tickets and the first data may have come along; receive_records() owns that memory.
    filter_->hold_input();
    return finish(Connected{std::move(socket_), std::move(filter_)});
  }

  if (error && !is_would_block(error)) {
    return finish(Failure{disconnect_reason(
        DisconnectKind::kConnectFailed, "in the TLS handshake: " + connection_lost(error).detail)});
  }
  const auto next = error ? tcp::socket::wait_write : tcp::socket::wait_read;
  socket_.async_wait(next, [weak = weak_from_this()](error_code) {
    const auto self = weak.lock();
    if (self && self->completion_) self->receive_records();
  });
}

void Connector::receive_records() {
  std::vector<std::byte> space(16 * 1024);
  const auto [bytes, error] = receive(socket_, space);
  if (error && !is_would_block(error)) {
    return finish(Failure{disconnect_reason(
        DisconnectKind::kConnectFailed, "in the TLS handshake: " + connection_lost(error).detail +
                                            "; does it speak TLS on this port?")});
  }
  filter_->feed(std::span{space}.first(bytes));
  shake_hands();
}

void Connector::fail_at_deadline(DisconnectKind kind, std::string detail) {
  const auto milliseconds = std::chrono::round<std::chrono::milliseconds>(timeout_).count();
  detail += " within the " + std::to_string(milliseconds) + " ms allowed for connecting";
  timer_.expires_at(to_system(deadline_));
  timer_.async_wait([weak = weak_from_this(), turn = ++timer_turn_, kind,
                     detail = std::move(detail)](error_code error) {
    const auto self = weak.lock();
    if (error || !self || self->timer_turn_ != turn || !self->completion_) return;
    self->finish(Failure{disconnect_reason(kind, detail)});
  });
}

void Connector::finish(Outcome outcome) {
  // What still comes in belongs to nobody. The socket of a failure goes with the connector.
  timer_.cancel();
  look_up_.reset();
  dialer_.reset();
  const auto completion = std::exchange(completion_, nullptr);
  WSM_ASSERT(completion != nullptr);
  completion(std::move(outcome));
}

}  // namespace wsm::io
