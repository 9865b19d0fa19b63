// Connections through proxies that follow a script; those from Debian are in tests/e2e.

#include <array>
#include <chrono>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/connector.h"
#include "io/steady_clock.h"
#include "io/tls_context.h"
#include "io/tls_filter.h"
#include "io/transport_fixture.h"

namespace wsm::io {
namespace {

using ::testing::AllOf;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Optional;
using ::testing::StartsWith;
using namespace std::chrono_literals;
using namespace std::string_literals;

using testing::echo;
using testing::LoopbackServer;
using testing::refusing_endpoint;
using testing::ServerSocket;
using testing::TestClient;

constexpr std::string_view kOpen = "HTTP/1.1 200 OK\r\n\r\n";

/// Takes a CONNECT, answers it, and is the server from there on.
void open_and_echo(ServerSocket& socket) {
  while (!socket.receive().ends_with("\r\n\r\n")) continue;
  socket.send(kOpen);
  echo(socket);
}

class ProxyTest : public testing::TransportFixture {
 protected:
  [[nodiscard]] DialTarget through(ProxyKind kind, std::uint16_t port) const {
    DialTarget target{.host = "server.example", .port = 443, .tls = {}, .endpoints = {}};
    target.proxy = ProxyTarget{{.kind = kind, .host = "127.0.0.1", .port = port}, trusting()};
    return target;
  }
  [[nodiscard]] DialTarget through(ProxyKind kind, const LoopbackServer& proxy) const {
    return through(kind, proxy.port());
  }
  [[nodiscard]] std::shared_ptr<const TlsContext> trusting() const {
    TlsOptions options;
    options.ca_file = authority_file.path();
    return *TlsContext::create(options);
  }

  /// What dialing `target` fails with.
  DisconnectReason failure(DialTarget target, Duration timeout = 10s) {
    TestClient client{loop, buffer};
    dial(client, std::move(target), timeout);
    EXPECT_FALSE(client.is_connected);
    connecting = client.connecting;
    return client.failure.value_or(DisconnectReason{});
  }

  /// Sends a word and waits for it to come back.
  void expect_echo(DialTarget target) {
    TestClient client{loop, buffer};
    dial(client, std::move(target));
    ASSERT_TRUE(client.is_connected) << (client.failure ? to_string(*client.failure) : "");
    EXPECT_EQ(client.connecting, 1);
    client.read_on();
    client.write_on("hello");
    EXPECT_TRUE(run_until([&] { return client.received == "hello"; }));
  }

  const testing::Certificate authority = testing::make_self_signed({.common_name = "Test Root"});
  const testing::TemporaryFile authority_file{authority.pem()};
  const testing::Certificate certificate = testing::make_signed({}, authority);
  const testing::Certificate proxys = testing::make_signed(
      {.common_name = "proxy", .alternative_names = {"IP:127.0.0.1"}}, authority);
  int connecting = 0;
};

TEST_F(ProxyTest, CarriesAPlainConnection) {
  const LoopbackServer proxy{open_and_echo};
  expect_echo(through(ProxyKind::kHttp, proxy));
}

TEST_F(ProxyTest, CarriesTlsThatIsCheckedForTheServersName) {
  const LoopbackServer proxy{[&](ServerSocket& socket) {
    while (!socket.receive().ends_with("\r\n\r\n")) continue;
    socket.send(kOpen);
    if (socket.accept_tls(certificate)) echo(socket);
  }};
  DialTarget target = through(ProxyKind::kHttp, proxy);
  target.tls = TlsTarget{trusting(), ""};
  expect_echo(target);
}

TEST_F(ProxyTest, SpeaksTlsToTheProxyItself) {
  const LoopbackServer proxy{[&](ServerSocket& socket) {
    if (socket.accept_tls(proxys)) open_and_echo(socket);
  }};
  expect_echo(through(ProxyKind::kHttps, proxy));
}

TEST_F(ProxyTest, SpeaksSocks5) {
  const LoopbackServer proxy{[&](ServerSocket& socket) {
    EXPECT_EQ(socket.receive(3), "\x05\x01\x00"s);
    socket.send("\x05\x00"s);
    EXPECT_EQ(socket.receive(21), "\x05\x01\x00\x03\x0eserver.example\x01\xbb"s);
    socket.send("\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"s);
    echo(socket);
  }};
  expect_echo(through(ProxyKind::kSocks5h, proxy));
}

TEST_F(ProxyTest, Socks5AsksForEachAddressOfANameThatIsLookedUpHere) {
  int asked = 0;
  std::string last;
  const LoopbackServer proxy{[&](ServerSocket& socket) {
    EXPECT_EQ(socket.receive(3).size(), 3U);
    socket.send("\x05\x00"s);
    last = socket.receive();
    ++asked;
    socket.send("\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00"s);  // The server refuses.
  }};
  const NameResolver::Resolve two = [](const std::string&, std::uint16_t port) {
    return std::vector{*Endpoint::parse("192.0.2.1", port), *Endpoint::parse("2001:db8::1", port)};
  };
  NameResolver two_addresses{loop, name_threads, two};
  TestClient client{loop, buffer};
  client.transport->dial(through(ProxyKind::kSocks5, proxy), two_addresses, 10s);
  ASSERT_TRUE(run_until([&] { return client.failure.has_value(); }));

  EXPECT_EQ(client.failure->kind, DisconnectKind::kConnectFailed);
  EXPECT_THAT(client.failure->detail,
              AllOf(HasSubstr("2001:db8::1, through socks5://127.0.0.1"), HasSubstr("refused")));
  EXPECT_EQ(asked, 2);
  EXPECT_THAT(last, StartsWith("\x05\x01\x00\x04\x20\x01\x0d\xb8"s));
  EXPECT_EQ(client.connecting, 1);
}

TEST_F(ProxyTest, ANameThatIsNotFoundHereIsNoFaultOfTheProxy) {
  DialTarget target = through(ProxyKind::kSocks5, 1);
  target.host = std::string(64, 'a') + ".invalid";
  EXPECT_THAT(failure(target).kind, Eq(DisconnectKind::kResolveFailed));
}

TEST_F(ProxyTest, SaysThatTheProxyIsNotThere) {
  const Endpoint nobody = refusing_endpoint();
  DialTarget target = through(ProxyKind::kHttp, 1);
  target.endpoints = {nobody};
  const DisconnectReason reason = failure(target);
  EXPECT_EQ(reason.kind, DisconnectKind::kProxyFailed);
  EXPECT_THAT(reason.detail,
              AllOf(StartsWith("http://127.0.0.1:1: "), HasSubstr("Connection refused")));
  EXPECT_EQ(connecting, 0) << "the server has seen nothing of it";
}

TEST_F(ProxyTest, SaysThatTheNameOfTheProxyIsNotFound) {
  DialTarget target = through(ProxyKind::kHttp, 1);
  target.proxy->url.host = std::string(64, 'a') + ".invalid";
  const DisconnectReason reason = failure(target);
  EXPECT_EQ(reason.kind, DisconnectKind::kProxyFailed);
  EXPECT_THAT(reason.detail, HasSubstr(": name not resolved: "));
}

TEST_F(ProxyTest, SaysWhatTheProxyAnswers) {
  const LoopbackServer proxy{[](ServerSocket& socket) {
    while (!socket.receive().ends_with("\r\n\r\n")) continue;
    socket.send("HTTP/1.1 407 Who are you\r\nRetry-After: 3\r\n\r\n");
  }};
  const DisconnectReason reason = failure(through(ProxyKind::kHttp, proxy));
  EXPECT_EQ(reason.kind, DisconnectKind::kProxyFailed);
  EXPECT_THAT(reason.detail, HasSubstr("HTTP 407 Who are you"));
  EXPECT_THAT(reason.http_status, Optional(407U));
  EXPECT_THAT(reason.retry_after, Optional(Eq(Duration{3s})));
}

TEST_F(ProxyTest, AServerThatTheProxyCannotReachIsAsWithoutOne) {
  const LoopbackServer proxy{[](ServerSocket& socket) {
    while (!socket.receive().ends_with("\r\n\r\n")) continue;
    socket.send("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  }};
  const DisconnectReason reason = failure(through(ProxyKind::kHttp, proxy));
  EXPECT_EQ(reason.kind, DisconnectKind::kConnectFailed);
  EXPECT_THAT(reason.detail, HasSubstr("server.example, through http://127.0.0.1:"));
  EXPECT_EQ(connecting, 1);
}

TEST_F(ProxyTest, SaysThatTheProxysCertificateIsNotItsOwn) {
  const LoopbackServer proxy{[&](ServerSocket& socket) { socket.accept_tls(certificate); }};
  const DisconnectReason reason = failure(through(ProxyKind::kHttps, proxy));
  EXPECT_EQ(reason.kind, DisconnectKind::kProxyFailed);
  EXPECT_THAT(reason.detail, AllOf(StartsWith("https://127.0.0.1:"), HasSubstr(": TLS failed: ")));
}

TEST_F(ProxyTest, SaysThatTheServersCertificateIsNotItsOwn) {
  const LoopbackServer proxy{[&](ServerSocket& socket) {
    while (!socket.receive().ends_with("\r\n\r\n")) continue;
    socket.send(kOpen);
    socket.accept_tls(proxys);
  }};
  DialTarget target = through(ProxyKind::kHttp, proxy);
  target.tls = TlsTarget{trusting(), ""};
  EXPECT_EQ(failure(target).kind, DisconnectKind::kTlsFailed);
}

TEST_F(ProxyTest, AProxyThatDiesInTheMiddleIsTheProxysFault) {
  const LoopbackServer proxy{[](ServerSocket& socket) {
    EXPECT_THAT(socket.receive(), StartsWith("CONNECT "));
    socket.send("HTTP/1.1 200");
  }};
  const DisconnectReason reason = failure(through(ProxyKind::kHttp, proxy));
  EXPECT_EQ(reason.kind, DisconnectKind::kProxyFailed);
  EXPECT_THAT(reason.detail, HasSubstr("ended the TCP connection"));
}

TEST_F(ProxyTest, AProxyThatSaysNothingFailsAtTheDeadline) {
  const LoopbackServer proxy{
      [](ServerSocket& socket) { EXPECT_FALSE(socket.receive(1U << 20U).empty()); }};
  for (const ProxyKind kind : {ProxyKind::kHttp, ProxyKind::kHttps, ProxyKind::kSocks5h}) {
    const DisconnectReason reason = failure(through(kind, proxy), 50ms);
    EXPECT_EQ(reason.kind, DisconnectKind::kProxyFailed);
    EXPECT_THAT(reason.detail, HasSubstr("within the 50 ms"));
  }
}

TEST_F(ProxyTest, AProxyThatNeverStopsTalkingFailsAtItsBound) {
  const LoopbackServer proxy{[](ServerSocket& socket) {
    EXPECT_THAT(socket.receive(), StartsWith("CONNECT "));
    socket.send("HTTP/1.1 200 OK\r\n");
    while (socket.send("X: " + std::string(1000, 'x') + "\r\n")) continue;
  }};
  EXPECT_THAT(failure(through(ProxyKind::kHttp, proxy)).detail, HasSubstr("16384 bytes"));
}

TEST_F(ProxyTest, AProxyMayAnswerTogetherWithTheEndOfItsHandshake) {
  const LoopbackServer proxy{[&](ServerSocket& socket) {
    if (!socket.accept_tls(proxys, std::string{kOpen})) return;
    while (!socket.receive().ends_with("\r\n\r\n")) continue;
    echo(socket);
  }};
  expect_echo(through(ProxyKind::kHttps, proxy));
}

TEST_F(ProxyTest, AnAddressThatTheProxyCannotReachInItsShareOfTimeIsPassedOver) {
  int asked = 0;
  const LoopbackServer proxy{[&](ServerSocket& socket) {
    EXPECT_EQ(socket.receive(3).size(), 3U);
    socket.send("\x05\x00"s);
    EXPECT_FALSE(socket.receive().empty());
    if (++asked == 1) {
      EXPECT_EQ(socket.receive(), "") << "nothing but the end";
      return;
    }
    socket.send("\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"s);
    echo(socket);
  }};
  const NameResolver::Resolve two = [](const std::string&, std::uint16_t port) {
    return std::vector{*Endpoint::parse("2001:db8::1", port), *Endpoint::parse("192.0.2.1", port)};
  };
  NameResolver two_addresses{loop, name_threads, two};
  TestClient client{loop, buffer};
  client.transport->dial(through(ProxyKind::kSocks5, proxy), two_addresses, 2s);
  EXPECT_TRUE(run_until([&] { return client.is_connected; }));
  client.transport->close();
}

TEST_F(ProxyTest, APlainServerHasNothingToSayFirst) {
  const LoopbackServer proxy{[](ServerSocket& socket) {
    while (!socket.receive().ends_with("\r\n\r\n")) continue;
    socket.send(std::string{kOpen} + "220 mail.example\r\n");
  }};
  EXPECT_EQ(failure(through(ProxyKind::kHttp, proxy)).kind, DisconnectKind::kUpgradeRefused);
}

TEST_F(ProxyTest, MayBeDestroyedAtAnyTime) {
  const LoopbackServer proxy{open_and_echo};
  for (int turns = 0; turns < 20; ++turns) {
    TestClient client{loop, buffer};
    client.transport->dial(through(ProxyKind::kHttp, proxy), names, 10s);
    for (int i = 0; i < turns; ++i) run_ready();
  }
  run_ready();
}

}  // namespace
}  // namespace wsm::io
