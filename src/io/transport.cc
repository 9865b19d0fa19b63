#include "io/transport.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include "base/assert.h"
#include "io/ciphertext_buffer.h"
#include "io/connector.h"
#include "io/disconnect_reason.h"
#include "io/event_loop.h"
#include "io/tcp_transfer.h"
#include "io/tls_filter.h"

namespace wsm::io {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// What a transport is. Callbacks hold it weakly, so that they find nobody once it is destroyed.
class Transport::Connection final : public std::enable_shared_from_this<Connection>,
                                    private CiphertextBuffer::User {
 public:
  Connection(EventLoop& loop, CiphertextBuffer& buffer, TransportListener& listener)
      : loop_(loop), buffer_(buffer), listener_(listener), socket_(loop.context()) {}

  void dial(DialTarget target, NameResolver& names, Duration timeout);
  [[nodiscard]] ReadResult read(std::span<std::byte> into);
  void wait_readable();
  [[nodiscard]] std::size_t write(std::span<const std::byte> bytes);
  void wait_writable();
  void close();
  /// The same without a word about it, for which there may be no memory.
  void end();

  [[nodiscard]] bool has_buffered_input() const {
    return may_decrypt() && !end_ && filter_->has_input();
  }
  [[nodiscard]] bool is_flushed() const { return !filter_ || filter_->ciphertext().empty(); }
  [[nodiscard]] const std::optional<DisconnectReason>& end_reason() const { return end_; }

 private:
  void vacate() override { filter_->hold_input(); }

  void handle_dialed(Connector::Outcome outcome);
  [[nodiscard]] ReadResult read_plain(std::span<std::byte> into);
  [[nodiscard]] ReadResult read_tls(std::span<std::byte> into);
  [[nodiscard]] ReadResult nothing_read(const error_code& error);
  /// With TLS, whether this turn goes on with what has been received.
  [[nodiscard]] bool may_decrypt() const { return filter_ && !has_yielded_ && !is_congested(); }
  /// With TLS, whether nothing is read until the peer has read what waits for it.
  [[nodiscard]] bool is_congested() const {
    return filter_ && !write_error_ && filter_->ciphertext().size() > kWaitingMax;
  }
  [[nodiscard]] bool may_write() const {
    return !is_closed_ && !write_error_ && (!end_ || (filter_ && filter_->is_half_closed()));
  }
  void note_end(TlsStatus status);
  void say_goodbye();
  void await_input();
  void post_readable();
  void handle_readable();
  [[nodiscard]] std::size_t write_tls(std::span<const std::byte> bytes);
  void flush_records();
  void await_socket_writable();
  void handle_socket_writable();

  /// Rounds of a read that end without a plain byte, and what they receive. The loop goes on after
  /// that: a peer that sends nothing but handshake messages must not keep it.
  static constexpr int kRoundsMax = 8;
  static constexpr std::size_t kRoundsBytesMax = 4096;
  /// Records that may wait before reading stops: with a change of keys, a peer demands an answer
  /// for each record that it sends (RFC 8446, section 4.6.3), and need not read any.
  static constexpr std::size_t kWaitingMax = 256 * 1024;
  /// What is encrypted at once, so that records never pile up.
  static constexpr std::size_t kEncryptMax = 64 * 1024;

  EventLoop& loop_;
  CiphertextBuffer& buffer_;
  TransportListener& listener_;
  std::shared_ptr<Connector> connector_;  ///< While dialing.
  tcp::socket socket_;
  std::unique_ptr<TlsFilter> filter_;            ///< Null without TLS.
  std::optional<DisconnectReason> end_;          ///< Set: read() has nothing more.
  std::optional<DisconnectReason> write_error_;  ///< What was received before it is still read.
  bool is_dialed_ = false;                       ///< dial() was called.
  bool is_closed_ = false;
  bool is_waiting_readable_ = false;
  bool is_waiting_writable_ = false;
  bool is_socket_awaited_ = false;      ///< For writing.
  bool has_yielded_ = false;            ///< read() goes on at the next turn.
  bool is_write_behind_input_ = false;  ///< encrypt() wants the rest of a message first.
};

Transport::Transport(EventLoop& loop, CiphertextBuffer& buffer, TransportListener& listener)
    : connection_(std::make_shared<Connection>(loop, buffer, listener)) {}

Transport::~Transport() { connection_->end(); }

void Transport::dial(DialTarget target, NameResolver& names, Duration timeout) {
  connection_->dial(std::move(target), names, timeout);
}

ReadResult Transport::read(std::span<std::byte> into) { return connection_->read(into); }
void Transport::wait_readable() { connection_->wait_readable(); }
std::size_t Transport::write(std::span<const std::byte> bytes) { return connection_->write(bytes); }
void Transport::wait_writable() { connection_->wait_writable(); }
void Transport::close() { connection_->close(); }
bool Transport::has_buffered_input() const { return connection_->has_buffered_input(); }
bool Transport::is_flushed() const { return connection_->is_flushed(); }

const DisconnectReason& Transport::end_reason() const {
  WSM_ASSERT(connection_->end_reason().has_value());
  return *connection_->end_reason();
}

void Transport::Connection::dial(DialTarget target, NameResolver& names, Duration timeout) {
  WSM_ASSERT(!is_dialed_);
  is_dialed_ = true;
  if (is_closed_) return;
  connector_ = std::make_shared<Connector>(
      loop_, std::move(target), timeout, [this] { listener_.handle_connecting(); },
      [this](Connector::Outcome outcome) { handle_dialed(std::move(outcome)); });
  connector_->start(names);
}

void Transport::Connection::handle_dialed(Connector::Outcome outcome) {
  connector_.reset();
  if (!outcome) {
    end_ = outcome.error();
    return listener_.handle_connect_failed(std::move(outcome).error());
  }
  socket_ = std::move(outcome->socket);
  filter_ = std::move(outcome->filter);
  // The end of the handshake may still be here, if the kernel did not take it.
  if (!is_flushed()) flush_records();
  listener_.handle_connected();
}

ReadResult Transport::Connection::read(std::span<std::byte> into) {
  WSM_ASSERT(!into.empty());
  if (end_) return {0, ReadStatus::kEnded};
  WSM_ASSERT(socket_.is_open());
  return filter_ ? read_tls(into) : read_plain(into);
}

ReadResult Transport::Connection::read_plain(std::span<std::byte> into) {
  const auto [bytes, error] = receive(socket_, into);
  return error ? nothing_read(error) : ReadResult{bytes, ReadStatus::kOk};
}

ReadResult Transport::Connection::read_tls(std::span<std::byte> into) {
  std::size_t received = 0;
  for (int round = 0; round < kRoundsMax && received < kRoundsBytesMax && may_decrypt(); ++round) {
    if (!filter_->has_input()) {
      const auto space = buffer_.claim(*this);
      const auto [bytes, error] = receive(socket_, space);
      if (error) return nothing_read(error);
      filter_->feed(space.first(bytes));
      received += bytes;
    }

    const auto [bytes, status] = filter_->decrypt(into);
    has_yielded_ = status == TlsStatus::kYields;
    note_end(status);
    // Answers of the protocol itself: to a change of keys, or the alert for what just failed.
    if (!is_flushed()) flush_records();
    if (std::exchange(is_write_behind_input_, false) && is_waiting_writable_) {
      await_socket_writable();
    }
    if (bytes > 0) return {bytes, ReadStatus::kOk};
    if (end_) return {0, ReadStatus::kEnded};
  }
  return {0, ReadStatus::kWouldBlock};
}

/// What TLS says of its end, to whoever reads or writes.
void Transport::Connection::note_end(TlsStatus status) {
  if (end_) return;
  if (status == TlsStatus::kFailed) end_ = *filter_->failure();
  if (status == TlsStatus::kClosed) {
    end_ = disconnect_reason(DisconnectKind::kConnectionLost, "the server closed TLS");
  }
}

ReadResult Transport::Connection::nothing_read(const error_code& error) {
  if (is_would_block(error)) return {0, ReadStatus::kWouldBlock};
  // The kernel tells a reset once only: what a write was told is lost to a read.
  end_ = write_error_ ? *write_error_ : connection_lost(error);
  return {0, ReadStatus::kEnded};
}

void Transport::Connection::wait_readable() {
  if (is_closed_ || std::exchange(is_waiting_readable_, true)) return;
  await_input();
}

void Transport::Connection::await_input() {
  if (!end_ && is_congested()) return;  // handle_socket_writable() goes on.
  if (end_ || (filter_ && filter_->has_input())) return post_readable();
  socket_.async_wait(tcp::socket::wait_read, [weak = weak_from_this()](error_code) {
    if (const auto self = weak.lock()) self->handle_readable();
  });
}

void Transport::Connection::post_readable() {
  asio::post(loop_.context(), [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->handle_readable();
  });
}

void Transport::Connection::handle_readable() {
  if (is_closed_ || !std::exchange(is_waiting_readable_, false)) return;
  has_yielded_ = false;
  listener_.handle_readable();
}

std::size_t Transport::Connection::write(std::span<const std::byte> bytes) {
  if (!may_write()) return 0;
  WSM_ASSERT(socket_.is_open());
  if (filter_) return write_tls(bytes);
  const auto [sent, error] = send(socket_, bytes);
  if (error && !is_would_block(error)) write_error_ = connection_lost(error);
  return sent;
}

std::size_t Transport::Connection::write_tls(std::span<const std::byte> bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && is_flushed() && may_write()) {
    const auto rest = bytes.subspan(taken);
    const auto [count, status] = filter_->encrypt(rest.first(std::min(rest.size(), kEncryptMax)));
    taken += count;
    note_end(status);
    // The socket knows nothing of this end.
    if (end_ && status != TlsStatus::kOk && is_waiting_readable_) post_readable();
    flush_records();
    if (status == TlsStatus::kOk) continue;
    is_write_behind_input_ = !end_;
    break;
  }
  return taken;
}

void Transport::Connection::wait_writable() {
  if (!may_write() || std::exchange(is_waiting_writable_, true)) return;
  await_socket_writable();
}

void Transport::Connection::flush_records() {
  if (write_error_) return;
  const error_code error = send_records(socket_, *filter_);
  if (is_would_block(error)) return await_socket_writable();
  if (error) write_error_ = connection_lost(error);
}

void Transport::Connection::await_socket_writable() {
  if (std::exchange(is_socket_awaited_, true)) return;
  socket_.async_wait(tcp::socket::wait_write, [weak = weak_from_this()](error_code) {
    if (const auto self = weak.lock()) self->handle_socket_writable();
  });
}

void Transport::Connection::handle_socket_writable() {
  if (is_closed_) return;
  is_socket_awaited_ = false;
  const bool was_congested = is_congested();
  if (!is_flushed()) flush_records();
  if (was_congested && !is_congested() && is_waiting_readable_) await_input();
  // Where encrypt() is stuck, read_tls() goes on from here.
  if (!is_flushed() || is_write_behind_input_) return;
  if (std::exchange(is_waiting_writable_, false)) listener_.handle_writable();
}

void Transport::Connection::close() {
  end();
  if (!end_) end_ = disconnect_reason(DisconnectKind::kRequested, "closed on this side");
}

void Transport::Connection::say_goodbye() {
  try {
    filter_->shut_down();
    static_cast<void>(send_records(socket_, *filter_));
  } catch (...) {  // No memory for that: FIN says nearly the same.
  }
}

void Transport::Connection::end() {
  if (std::exchange(is_closed_, true)) return;
  connector_.reset();
  buffer_.release(*this);
  error_code ignored;
  if (socket_.is_open()) {
    if (filter_ && !write_error_) say_goodbye();
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    // Closing a socket with unread bytes sends a reset instead of a FIN (RFC 1122, section
    // 4.2.2.13), and the server would count an error. What is here already is read away.
    std::array<std::byte, 16 * 1024> scratch;
    for (int round = 0; round < kRoundsMax && !receive(socket_, scratch).error; ++round) continue;
    socket_.close(ignored);
  }
}

}  // namespace wsm::io
