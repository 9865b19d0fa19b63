#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "core/connection/connection.h"
#include "support/fake_entropy.h"
#include "support/frames.h"

namespace wsm::test {

/// A connection, a clock, and the hand of a server that writes the bytes it wants.
class ConnectionFixture : public ::testing::Test {
 protected:
  ConnectionFixture();

  /// Makes the connection anew, with the settings as they are now.
  void make();

  // One step each of the way to kOpen, from the outside.
  void prepare(Preparation preparation = {.url = "ws://venue.test/feed"});
  void dial();
  /// `behind`: bytes that come with the response. `headers` end with CR LF each.
  void upgrade(std::string_view behind = {}, std::string_view headers = {});
  void greet(std::vector<OutgoingMessage> messages = {});
  /// All of them. Forgets what the connection has said and transmitted on the way.
  void open();
  /// By the shortest way.
  void go_to(ConnectionStatus status);

  /// One read from the server; messages that come of it go to `messages`.
  void receive(std::string_view bytes);
  void end_transport();
  void advance(Duration by);

  /// Everything that waits to be transmitted.
  std::string take_bytes();
  std::vector<ClientFrame> take_frames();

  /// The names of the actions that the connection asks for.
  std::vector<std::string> take_actions();
  /// The notices, in words with the duration: "opened 3 ms".
  std::vector<std::string> take_notices();

  [[nodiscard]] ConnectionStatus status() const { return connection->status(); }
  [[nodiscard]] DisconnectReason reason() const;

  TimePoint now{std::chrono::hours{1}};
  FakeEntropy entropy;
  ConnectionSettings settings;
  std::optional<Connection> connection;
  std::vector<std::string> messages;  // "text: …" or "binary: …".
  std::vector<std::byte> read_buffer;
};

}  // namespace wsm::test
