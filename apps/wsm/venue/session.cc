#include "venue/session.h"

#include <deque>

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>

namespace wsm::venue {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using boost::system::error_code;

constexpr std::chrono::seconds kHandshakeTimeout{5};
constexpr std::chrono::seconds kCloseTimeout{5};
constexpr std::string_view kServer = "wsm-venue";

/// Beast allows one read, one write and one close at a time; the session has ended when none of
/// them is under way any more, so that no completion ever comes after handle_ended.
class BeastSession final : public Session, public std::enable_shared_from_this<BeastSession> {
 public:
  BeastSession(asio::ip::tcp::socket socket, SessionOwner& owner, const Limits& limits)
      : owner_(owner),
        limits_(limits),
        stream_(std::move(socket)),
        close_timer_(stream_.get_executor()) {}

  void read_upgrade();

  bool send(Outgoing message) override;
  void close(std::uint16_t code, std::string_view reason) override;
  void cut() override;
  std::size_t waiting() const override { return outbox_.size(); }
  std::optional<ConnectionId> id() const override { return id_; }

 private:
  void handle_upgrade();
  void refuse(http::status status, std::optional<Refusal> refusal);
  void accept();
  void read();
  void pump();
  void write();
  void send_close_frame();
  void watch_control_frames();
  void hang_up();
  void end_when_idle();

  SessionOwner& owner_;
  const Limits limits_;
  websocket::stream<beast::tcp_stream, /*deflateSupported=*/false> stream_;
  asio::steady_timer close_timer_;
  beast::flat_buffer buffer_;
  http::request_parser<http::empty_body> upgrade_;
  std::optional<http::response<http::string_body>> refusal_;
  std::optional<ConnectionId> id_;

  std::deque<Outgoing> outbox_;  // The front is being written while is_writing_.
  std::optional<websocket::close_reason> farewell_;
  bool is_reading_ = false;
  bool is_writing_ = false;
  bool is_closing_ = false;
  bool was_cut_ = false;
  bool has_peer_left_ = false;  // Its close frame has come; Beast answers it.
  bool is_closed_ = false;      // The closing handshake is complete.
};

void BeastSession::read_upgrade() {
  auto& tcp = beast::get_lowest_layer(stream_);
  error_code ignored;
  tcp.socket().set_option(asio::ip::tcp::no_delay{true}, ignored);
  tcp.expires_after(kHandshakeTimeout);
  is_reading_ = true;
  http::async_read(tcp, buffer_, upgrade_,
                   [self = shared_from_this()](error_code error, std::size_t) {
                     self->is_reading_ = false;
                     if (error) return self->end_when_idle();
                     self->handle_upgrade();
                   });
}

void BeastSession::handle_upgrade() {
  if (was_cut_) return end_when_idle();
  if (!websocket::is_upgrade(upgrade_.get())) return refuse(http::status::upgrade_required, {});
  if (const auto refusal = owner_.refusal()) {
    return refuse(http::status::service_unavailable, refusal);
  }
  accept();
}

void BeastSession::refuse(http::status status, std::optional<Refusal> refusal) {
  auto& response = refusal_.emplace(status, upgrade_.get().version());
  response.set(http::field::server, kServer);
  response.set(http::field::connection, "close");
  if (status == http::status::upgrade_required) response.set(http::field::upgrade, "websocket");
  if (refusal) {
    response.set(http::field::retry_after, std::to_string(refusal->retry_after.count()));
    response.body() = "The venue takes no connections now.\n";
  }
  response.prepare_payload();
  is_writing_ = true;
  http::async_write(beast::get_lowest_layer(stream_), response,
                    [self = shared_from_this()](error_code, std::size_t) {
                      self->is_writing_ = false;
                      self->hang_up();
                      self->end_when_idle();
                    });
}

void BeastSession::accept() {
  beast::get_lowest_layer(stream_).expires_never();
  stream_.set_option(websocket::stream_base::timeout{
      kHandshakeTimeout, websocket::stream_base::none(), /*keep_alive_pings=*/false});
  stream_.set_option(websocket::stream_base::decorator(
      [](websocket::response_type& response) { response.set(http::field::server, kServer); }));
  stream_.read_message_max(limits_.message_bytes);
  watch_control_frames();
  is_reading_ = true;
  stream_.async_accept(upgrade_.get(), [self = shared_from_this()](error_code error) {
    self->is_reading_ = false;
    if (error || self->was_cut_) return self->end_when_idle();
    self->buffer_.clear();
    self->id_ = self->owner_.handle_opened(self, std::string{self->upgrade_.get().target()});
    self->read();
  });
}

void BeastSession::watch_control_frames() {
  // Beast calls this inside its own read, which holds a reference to the session already.
  stream_.control_callback([this](websocket::frame_type kind, beast::string_view) {
    if (kind == websocket::frame_type::ping) owner_.handle_ping();
    if (kind != websocket::frame_type::close) return;
    has_peer_left_ = true;
    owner_.handle_leaving(*this);
  });
}

void BeastSession::read() {
  is_reading_ = true;
  stream_.async_read(buffer_, [self = shared_from_this()](error_code error, std::size_t) {
    self->is_reading_ = false;
    if (error) {
      self->is_closed_ |= error == websocket::error::closed;
      return self->end_when_idle();
    }
    const auto bytes = self->buffer_.cdata();
    self->owner_.handle_text(*self, {static_cast<const char*>(bytes.data()), bytes.size()});
    self->buffer_.consume(self->buffer_.size());
    self->read();
  });
}

bool BeastSession::send(Outgoing message) {
  if (was_cut_ || farewell_ || has_peer_left_) return true;
  if (outbox_.size() >= limits_.outbox_messages) return false;
  outbox_.push_back(std::move(message));
  pump();
  return true;
}

void BeastSession::pump() {
  if (is_writing_ || is_closing_ || was_cut_ || has_peer_left_) return;
  if (!outbox_.empty()) return write();
  if (farewell_ && !is_closed_) send_close_frame();
}

void BeastSession::write() {
  is_writing_ = true;
  stream_.async_write(asio::buffer(outbox_.front().text),
                      [self = shared_from_this()](error_code error, std::size_t) {
                        self->is_writing_ = false;
                        if (error) {
                          // While the peer leaves, Beast refuses to write, and its read goes on to
                          // the end. Anything else is a broken connection.
                          if (!self->has_peer_left_) self->hang_up();
                          return self->end_when_idle();
                        }
                        const Outgoing sent = std::move(self->outbox_.front());
                        self->outbox_.pop_front();
                        if (sent.data) self->owner_.handle_sent(*self, *sent.data);
                        self->pump();
                        self->end_when_idle();
                      });
}

void BeastSession::close(std::uint16_t code, std::string_view reason) {
  if (was_cut_ || farewell_ || has_peer_left_) return;
  // RFC 6455, section 5.5: a control frame carries at most 125 bytes, two of which are the code.
  constexpr std::size_t kReasonMax = 123;
  const std::string_view text = reason.substr(0, kReasonMax);
  farewell_.emplace(websocket::close_code{code}, beast::string_view{text.data(), text.size()});
  close_timer_.expires_after(kCloseTimeout);
  close_timer_.async_wait([weak = weak_from_this()](error_code error) {
    if (const auto self = weak.lock(); self && !error) self->hang_up();
  });
  pump();
}

void BeastSession::send_close_frame() {
  is_closing_ = true;
  stream_.async_close(*farewell_, [self = shared_from_this()](error_code error) {
    self->is_closing_ = false;
    // Whichever of read and close meets the answer of the peer reports success.
    self->is_closed_ |= !error || error == websocket::error::closed;
    if (!self->is_closed_ && !self->has_peer_left_) self->hang_up();
    self->end_when_idle();
  });
}

void BeastSession::cut() {
  was_cut_ = true;
  error_code ignored;
  // With a linger time of zero, close() discards what is unsent and sends RST.
  beast::get_lowest_layer(stream_).socket().set_option(asio::socket_base::linger{true, 0}, ignored);
  hang_up();
}

void BeastSession::hang_up() {
  error_code ignored;
  beast::get_lowest_layer(stream_).socket().close(ignored);
}

void BeastSession::end_when_idle() {
  if (is_reading_ || is_writing_ || is_closing_) return;
  close_timer_.cancel();
  const ConnectionEnd how = was_cut_     ? ConnectionEnd::kCut
                            : is_closed_ ? ConnectionEnd::kClosed
                                         : ConnectionEnd::kLost;
  if (how != ConnectionEnd::kClosed) {
    // Nobody can say how much of it had left; the record must not call it unsent.
    for (const Outgoing& message : outbox_) {
      if (message.data) owner_.handle_sent(*this, *message.data);
    }
  }
  owner_.handle_ended(shared_from_this(), how);
}

}  // namespace

std::shared_ptr<Session> Session::start(boost::asio::ip::tcp::socket socket, SessionOwner& owner,
                                        const Limits& limits) {
  auto session = std::make_shared<BeastSession>(std::move(socket), owner, limits);
  session->read_upgrade();
  return session;
}

}  // namespace wsm::venue
