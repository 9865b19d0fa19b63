#include "io/proxy_exchange.h"

#include <array>
#include <string>
#include <utility>

#include <boost/asio/error.hpp>

#include "base/assert.h"
#include "io/tcp_transfer.h"
#include "io/tls_filter.h"

namespace wsm::io {

using boost::asio::ip::tcp;
using boost::system::error_code;
using Progress = ProxyTunnel::Progress;

namespace {

constexpr std::size_t kReceiveBytes = 4096;

TunnelFailure ended(const error_code& error) {
  return {.detail = error == boost::asio::error::eof
                        ? "it ended the TCP connection without an answer"
                        : error.message()};
}

}  // namespace

ProxyExchange::ProxyExchange(tcp::socket& socket, TlsFilter* filter,
                             std::unique_ptr<ProxyTunnel> tunnel, Beginning beginning,
                             Completion completion)
    : socket_(socket),
      filter_(filter),
      tunnel_(std::move(tunnel)),
      beginning_(std::move(beginning)),
      completion_(std::move(completion)) {}

void ProxyExchange::start() { go_on(); }

void ProxyExchange::go_on() {
  if (tunnel_->has_asked() && beginning_) std::exchange(beginning_, nullptr)();
  if (!completion_) return;  // That was a whole turn, in which we may have been given up.
  const error_code error = send_pending();
  if (error && !is_would_block(error)) {
    return finish(Failure{ended(error)});
  }
  // It may have spoken together with the end of its handshake.
  if (filter_ != nullptr && filter_->has_input()) return take({});
  const auto next = is_sent() ? tcp::socket::wait_read : tcp::socket::wait_write;
  socket_.async_wait(next, [weak = weak_from_this()](error_code) {
    const auto self = weak.lock();
    if (!self || !self->completion_) return;
    self->is_sent() ? self->receive_answer() : self->go_on();
  });
}

error_code ProxyExchange::send_pending() {
  const auto pending = tunnel_->pending_transmit();
  if (filter_ == nullptr) {
    const auto [bytes, error] = send(socket_, pending);
    tunnel_->consume_transmit(bytes);
    return error;
  }
  tunnel_->consume_transmit(filter_->encrypt(pending).bytes);
  return send_records(socket_, *filter_);
}

bool ProxyExchange::is_sent() const {
  return filter_ != nullptr ? filter_->ciphertext().empty() : tunnel_->pending_transmit().empty();
}

void ProxyExchange::receive_answer() {
  std::array<std::byte, kReceiveBytes> space;
  const auto [bytes, error] = receive(socket_, space);
  if (error && !is_would_block(error)) {
    return finish(Failure{ended(error)});
  }
  take(std::span{space}.first(bytes));
}

void ProxyExchange::take(std::span<const std::byte> received) {
  switch (filter_ != nullptr ? take_records(received) : tunnel_->receive(received)) {
    case Progress::kNeedsMore:
      if (filter_ != nullptr && filter_->failure()) {
        return finish(Failure{TunnelFailure{.detail = filter_->failure()->detail}});
      }
      return go_on();
    case Progress::kOpen:
      return finish(std::vector(tunnel_->rest().begin(), tunnel_->rest().end()));
    case Progress::kFailed: return finish(Failure{tunnel_->failure()});
  }
}

/// What is behind the answer stays with the filter: it is for the one on top of it.
Progress ProxyExchange::take_records(std::span<const std::byte> received) {
  std::array<std::byte, kReceiveBytes> plain;
  auto progress = Progress::kNeedsMore;
  if (!received.empty()) filter_->feed(received);
  while (progress == Progress::kNeedsMore && filter_->has_input()) {
    const auto [bytes, status] = filter_->decrypt(plain);
    progress = tunnel_->receive(std::span{plain}.first(bytes));
    if (status == TlsStatus::kClosed || status == TlsStatus::kFailed) break;
  }
  filter_->hold_input();
  return progress;
}

void ProxyExchange::finish(Outcome outcome) {
  const auto completion = std::exchange(completion_, nullptr);
  WSM_ASSERT(completion != nullptr);
  completion(std::move(outcome));
}

}  // namespace wsm::io
