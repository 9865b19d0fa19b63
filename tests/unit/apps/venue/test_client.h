#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace wsm::venue {

/// A WebSocket client by Boost.Beast, which shares no code with our own. Every wait is bounded.
class TestClient {
 public:
  static constexpr std::chrono::seconds kPatience{10};

  /// Connects and upgrades; `status` tells how that went.
  explicit TestClient(std::uint16_t port, std::string_view target = "/");
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;
  ~TestClient();

  void send(std::string_view text);
  void ping();
  /// Begins the closing handshake.
  void close();

  /// The next message; none when there is none within `patience` or the connection has ended.
  std::optional<std::string> receive(std::chrono::milliseconds patience = kPatience);
  /// The next message that `is_wanted`; others are dropped.
  std::optional<std::string> receive_if(const std::function<bool(const std::string&)>& is_wanted);

  bool wait_for_pong();
  bool wait_for_end();

  /// Of the answer to the upgrade: 101 when open, 0 when nobody answered.
  [[nodiscard]] unsigned status() const;
  [[nodiscard]] std::string retry_after() const;
  /// From the server's close frame; 0 without one.
  [[nodiscard]] std::uint16_t close_code() const;
  [[nodiscard]] std::string close_reason() const;
  /// Whether the connection ended by a reset.
  [[nodiscard]] bool was_reset() const;

 private:
  struct Implementation;
  std::shared_ptr<Implementation> self_;
};

/// The answer of 127.0.0.1:`port` to a GET that asks for no WebSocket, as an HTTP status.
unsigned plain_get(std::uint16_t port);

}  // namespace wsm::venue
