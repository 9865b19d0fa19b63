#include "io/transport_fixture.h"

#include <span>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "io/steady_clock.h"

namespace wsm::io::testing {

void TestClient::handle_connecting() {
  ++connecting;
  if (on_event) on_event();
}

void TestClient::handle_connected() {
  is_connected = true;
  if (on_event) on_event();
}

void TestClient::handle_connect_failed(DisconnectReason reason) {
  failure = std::move(reason);
  if (on_event) on_event();
}

void TestClient::handle_readable() {
  ++readable;
  if (is_reading_on_) read_all_there_is();
  if (on_event) on_event();
}

void TestClient::handle_writable() {
  ++writable;
  if (unsent > 0) write_more();
  if (on_event) on_event();
}

std::string TestClient::read(std::size_t space) {
  std::string bytes(space, '\0');
  const auto [count, status] = transport->read(std::as_writable_bytes(std::span{bytes}));
  last_status = status;
  bytes.resize(count);
  return bytes;
}

void TestClient::read_on() {
  is_reading_on_ = true;
  transport->wait_readable();
}

void TestClient::write_on(std::string bytes) {
  outgoing_ = std::move(bytes);
  unsent = outgoing_.size();
  write_more();
}

void TestClient::read_all_there_is() {
  do {
    received += read();
  } while (transport->has_buffered_input());
  if (last_status != ReadStatus::kEnded) transport->wait_readable();
}

void TestClient::write_more() {
  unsent -= transport->write(std::as_bytes(std::span{outgoing_}).last(unsent));
  if (unsent > 0) transport->wait_writable();
}

bool TransportFixture::run_until(const std::function<bool()>& is_done) {
  const TimePoint limit = now() + std::chrono::seconds{30};
  while (!is_done()) {
    const Duration left = limit - now();
    if (left <= Duration::zero()) return false;
    loop.context().run_one_for(left);
  }
  return true;
}

void TransportFixture::run_ready() { loop.context().poll(); }

void TransportFixture::dial(TestClient& client, DialTarget target, Duration timeout) {
  client.transport->dial(std::move(target), names, timeout);
  ASSERT_TRUE(run_until([&] { return client.is_connected || client.failure; }));
}

DialTarget TransportFixture::to(const LoopbackServer& server) {
  return {.host = "server.example", .port = 0, .tls = {}, .endpoints = {server.endpoint()}};
}

}  // namespace wsm::io::testing
