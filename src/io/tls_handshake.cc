#include "io/tls_handshake.h"

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "io/disconnect_reason.h"
#include "io/tcp_transfer.h"
#include "io/tls_filter.h"

namespace wsm::io {

using boost::asio::ip::tcp;
using boost::system::error_code;

namespace {

DisconnectReason network_failed(const error_code& error, std::string_view hint) {
  return disconnect_reason(
      DisconnectKind::kConnectFailed,
      "in the TLS handshake: " + connection_lost(error).detail + std::string{hint});
}

}  // namespace

TlsHandshake::TlsHandshake(tcp::socket& socket, TlsFilter& filter, Completion completion)
    : socket_(socket), filter_(filter), completion_(std::move(completion)) {}

void TlsHandshake::start() { go_on(); }

void TlsHandshake::go_on() {
  const TlsStatus status = filter_.handshake();
  // Session tickets and the first data may have come along; receive_records() owns that memory.
  filter_.hold_input();
  // What the kernel does not take now is sent at the next turn.
  const error_code error = send_records(socket_, filter_);
  if (status == TlsStatus::kFailed) return finish(Failure{*filter_.failure()});
  if (status == TlsStatus::kOk) return finish({});
  if (error && !is_would_block(error)) return finish(Failure{network_failed(error, {})});
  const auto next = error ? tcp::socket::wait_write : tcp::socket::wait_read;
  socket_.async_wait(next, [weak = weak_from_this()](error_code) {
    const auto self = weak.lock();
    if (self && self->completion_) self->receive_records();
  });
}

void TlsHandshake::receive_records() {
  std::vector<std::byte> space(16 * 1024);
  const auto [bytes, error] = receive(socket_, space);
  if (error && !is_would_block(error)) {
    return finish(Failure{network_failed(error, "; does it speak TLS on this port?")});
  }
  filter_.feed(std::span{space}.first(bytes));
  go_on();
}

void TlsHandshake::finish(Outcome outcome) {
  const auto completion = std::exchange(completion_, nullptr);
  WSM_ASSERT(completion != nullptr);
  completion(std::move(outcome));
}

}  // namespace wsm::io
