#include "unit/apps/venue/test_client.h"

#include <deque>

#include <boost/asio/connect.hpp>
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

asio::ip::tcp::endpoint loopback(std::uint16_t port) {
  return {asio::ip::address_v4::loopback(), port};
}

}  // namespace

struct TestClient::Implementation : std::enable_shared_from_this<Implementation> {
  asio::io_context context;
  websocket::stream<beast::tcp_stream> stream{context};
  websocket::response_type response;
  beast::flat_buffer buffer;
  std::deque<std::string> messages;
  std::string outgoing;
  std::optional<error_code> end;
  bool is_upgraded = false;
  bool has_pong = false;
  bool is_idle = true;

  /// Runs the loop until `is_done` or the time is over.
  bool wait(std::chrono::milliseconds patience, const std::function<bool()>& is_done) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    context.restart();
    while (!is_done()) {
      if (context.run_one_until(deadline) == 0) return is_done();
    }
    return true;
  }

  void upgrade(std::uint16_t port, std::string_view target) {
    stream.next_layer().expires_after(kPatience);
    error_code error;
    stream.next_layer().socket().connect(loopback(port), error);
    if (error) return;
    bool is_answered = false;
    stream.control_callback([this](websocket::frame_type kind, beast::string_view) {
      has_pong |= kind == websocket::frame_type::pong;
    });
    stream.async_handshake(response, "127.0.0.1", beast::string_view{target.data(), target.size()},
                           [&](error_code failed) {
                             is_answered = true;
                             is_upgraded = !failed;
                           });
    wait(kPatience, [&] { return is_answered; });
    stream.next_layer().expires_never();
    if (is_upgraded) read();
  }

  void read() {
    stream.async_read(buffer, [self = shared_from_this()](error_code error, std::size_t) {
      if (error) {
        self->end = error;
        return;
      }
      self->messages.push_back(beast::buffers_to_string(self->buffer.cdata()));
      self->buffer.consume(self->buffer.size());
      self->read();
    });
  }
};

TestClient::TestClient(std::uint16_t port, std::string_view target)
    : self_(std::make_shared<Implementation>()) {
  self_->upgrade(port, target);
}

TestClient::~TestClient() {
  error_code ignored;
  self_->stream.next_layer().socket().close(ignored);
  self_->wait(kPatience, [this] { return !self_->is_upgraded || self_->end.has_value(); });
}

void TestClient::send(std::string_view text) {
  self_->outgoing = text;
  bool is_sent = false;
  self_->stream.async_write(asio::buffer(self_->outgoing),
                            [&](error_code, std::size_t) { is_sent = true; });
  self_->wait(kPatience, [&] { return is_sent; });
}

void TestClient::ping() {
  self_->has_pong = false;
  bool is_sent = false;
  self_->stream.async_ping({}, [&](error_code) { is_sent = true; });
  self_->wait(kPatience, [&] { return is_sent; });
}

void TestClient::close() {
  self_->stream.async_close(websocket::close_code::normal, [self = self_](error_code) {});
}

std::optional<std::string> TestClient::receive(std::chrono::milliseconds patience) {
  self_->wait(patience, [this] { return !self_->messages.empty() || self_->end.has_value(); });
  if (self_->messages.empty()) return std::nullopt;
  std::string message = std::move(self_->messages.front());
  self_->messages.pop_front();
  return message;
}

std::optional<std::string> TestClient::receive_if(
    const std::function<bool(const std::string&)>& is_wanted) {
  while (auto message = receive()) {
    if (is_wanted(*message)) return message;
  }
  return std::nullopt;
}

bool TestClient::wait_for_pong() {
  return self_->wait(kPatience, [this] { return self_->has_pong; });
}

bool TestClient::wait_for_end() {
  return self_->wait(kPatience, [this] { return self_->end.has_value(); });
}

unsigned TestClient::status() const { return self_->response.result_int(); }

std::string TestClient::retry_after() const {
  return std::string{self_->response[http::field::retry_after]};
}

std::uint16_t TestClient::close_code() const { return self_->stream.reason().code; }

std::string TestClient::close_reason() const {
  return std::string{self_->stream.reason().reason.c_str()};
}

bool TestClient::was_reset() const {
  return self_->end == error_code{asio::error::connection_reset};
}

unsigned plain_get(std::uint16_t port) {
  asio::io_context context;
  beast::tcp_stream stream{context};
  stream.expires_after(TestClient::kPatience);
  error_code error;
  stream.socket().connect(loopback(port), error);
  http::request<http::empty_body> request{http::verb::get, "/", 11};
  request.set(http::field::host, "127.0.0.1");
  http::response<http::string_body> response;
  beast::flat_buffer buffer;
  http::async_write(stream, request, [&](error_code failed, std::size_t) {
    if (failed) return;
    http::async_read(stream, buffer, response, [](error_code, std::size_t) {});
  });
  context.run_for(TestClient::kPatience);
  return response.result_int();
}

}  // namespace wsm::venue
