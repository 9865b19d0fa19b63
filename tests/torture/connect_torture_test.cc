// Ways to a server: addresses, names, TLS, a proxy, compression, credentials.

#include <atomic>

#include "torture/feed_server.h"
#include "torture/torture_fixture.h"

namespace wsm::testing {
namespace {

using io::testing::LoopbackServer;
using io::testing::ServerSocket;

constexpr std::size_t kMessages = 20;

class ConnectTortureTest : public TortureFixture {
 protected:
  ~ConnectTortureTest() override { does_openssl_fail = false; }

  /// All that such a server ever sends, on each connection.
  void expect_feed() {
    expect_notes([](const Notes& notes) { return notes.data >= kMessages; });
  }

  static std::string address_of(const LoopbackServer& server) {
    return "127.0.0.1:" + std::to_string(server.port());
  }

  const io::testing::Certificate certificate =
      io::testing::make_self_signed({.alternative_names = {"IP:127.0.0.1"}});
  LoopbackServer tls_server{[this](ServerSocket& socket) {
    if (socket.accept_tls(certificate)) serve_feed(socket, {{}, numbered_frames(kMessages)});
  }};
};

TEST_F(ConnectTortureTest, SourceAddress) {
  config.source_ips({"127.0.0.21", "127.0.0.22"});
  torture([&] { expect_live(); });
}

TEST_F(ConnectTortureTest, NameOfTheServer) {
  torture([&] {
    handler->server_url = "ws://localhost:" + std::to_string(venue->port());
    (void)command([&] { return manager->reconnect_shard(ShardId{0}); });
    expect_live();
  });
}

TEST_F(ConnectTortureTest, TlsServerThatIsTrusted) {
  const io::testing::TemporaryFile authority{certificate.pem()};
  const io::testing::TemporaryFile keys{""};
  config.tls({.ca_file = authority.path(), .key_log_file = keys.path()});
  server_url = "wss://" + address_of(tls_server);
  torture([&] { expect_feed(); });
}

TEST_F(ConnectTortureTest, TlsServerThatIsNotChecked) {
  does_openssl_fail = true;
  server_url = "wss://" + address_of(tls_server);
  torture([&] { expect_feed(); });
}

TEST_F(ConnectTortureTest, TlsServerThatIsNotTrusted) {
  does_openssl_fail = true;
  const io::testing::TemporaryFile other{io::testing::make_self_signed({}).pem()};
  config.tls({.ca_file = other.path()});
  server_url = "wss://" + address_of(tls_server);
  torture([&] {
    expect_notes([](const Notes& notes) {
      return std::ranges::any_of(notes.errors, [](const Ended& it) {
        return it.reason.kind == DisconnectKind::kTlsFailed;
      });
    });
  });
}

TEST_F(ConnectTortureTest, Proxy) {
  LoopbackServer proxy{[](ServerSocket& socket) {
    if (receive_head(socket).empty()) return;
    socket.send("HTTP/1.1 200 Connection established\r\n\r\n");
    serve_feed(socket, {{}, numbered_frames(kMessages)});
  }};
  config.proxy("http://user:secret@" + address_of(proxy));
  server_url = "ws://server.example";
  torture([&] { expect_feed(); });
}

TEST_F(ConnectTortureTest, Compression) {
  LoopbackServer server{[](ServerSocket& socket) {
    serve_feed(socket, {"Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover"
                        "; client_no_context_takeover\r\n",
                        compressed_frames(kMessages)});
  }};
  config.compression(Compression::kNoContextTakeover);
  server_url = "ws://" + address_of(server);
  torture([&] { expect_feed(); });
}

/// Every other connection is refused, so that the credentials are refreshed.
TEST_F(ConnectTortureTest, RefusedCredentials) {
  std::atomic<int> accepted = 0;
  LoopbackServer server{[&](ServerSocket& socket) {
    if (++accepted % 2 == 0) return serve_feed(socket, {{}, numbered_frames(kMessages)});
    if (receive_head(socket).empty()) return;
    socket.send("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
  }};
  server_url = "ws://" + address_of(server);
  torture([&] { expect_feed(); });
}

TEST_F(ConnectTortureTest, MoreThanTheConnectionsMayCarry) {
  config.max_connections(1).max_subscriptions_per_shard(4);
  torture([&] {
    (void)command([&] { return manager->subscribe(topics(4, 4)); });
    (void)command([&] { return manager->hot_switchover(ShardId{0}); });
    expect_live();
  });
}

}  // namespace
}  // namespace wsm::testing
