#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "io/blocking_pool.h"
#include "io/ciphertext_buffer.h"
#include "io/event_loop.h"
#include "io/loopback_server.h"
#include "io/name_resolver.h"
#include "io/transport.h"

namespace wsm::io::testing {

/// A transport with an owner that writes down what it hears.
class TestClient final : public TransportListener {
 public:
  TestClient(EventLoop& loop, CiphertextBuffer& buffer)
      : transport(std::make_unique<Transport>(loop, buffer, *this)) {}

  void handle_connecting() override;
  void handle_connected() override;
  void handle_connect_failed(DisconnectReason reason) override;
  void handle_readable() override;
  void handle_writable() override;

  /// What one read() gives.
  [[nodiscard]] std::string read(std::size_t space = 65536);
  /// Reads whenever there is something, until the end, into `received`.
  void read_on();
  /// Writes all of `bytes` as the transport takes them.
  void write_on(std::string bytes);

  std::unique_ptr<Transport> transport;
  int connecting = 0;
  bool is_connected = false;
  std::optional<DisconnectReason> failure;
  int readable = 0;
  int writable = 0;
  ReadStatus last_status = ReadStatus::kOk;  ///< Of the last read().
  std::string received;
  std::size_t unsent = 0;
  std::function<void()> on_event;  ///< Called by each handler, in the end.

 private:
  void read_all_there_is();
  void write_more();

  bool is_reading_on_ = false;
  std::string outgoing_;
};

class TransportFixture : public ::testing::Test {
 protected:
  /// Runs the loop until `is_done`. False after thirty seconds.
  [[nodiscard]] bool run_until(const std::function<bool()>& is_done);
  /// Runs what is ready, and waits for nothing.
  void run_ready();

  /// Dials and waits for the outcome.
  void dial(TestClient& client, DialTarget target, Duration timeout = std::chrono::seconds{10});
  [[nodiscard]] static DialTarget to(const LoopbackServer& server);

  EventLoop loop;
  CiphertextBuffer buffer;
  BlockingPool name_threads{2};
  NameResolver names{loop, name_threads};
};

}  // namespace wsm::io::testing
