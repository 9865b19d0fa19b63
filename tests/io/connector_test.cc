#include "io/connector.h"

#include <chrono>
#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/steady_clock.h"
#include "io/tls_context.h"
#include "io/tls_filter.h"
#include "io/transport_fixture.h"

namespace wsm::io {
namespace {

using ::testing::AllOf;
using ::testing::Eq;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::IsNull;
using ::testing::Lt;
using ::testing::NotNull;
using ::testing::StartsWith;
using namespace std::chrono_literals;

using testing::BlackHole;
using testing::echo;
using testing::LoopbackServer;
using testing::refusing_endpoint;
using testing::ServerSocket;

class ConnectorTest : public testing::TransportFixture {
 protected:
  /// The outcome of connecting to `target`. Fails the test if it comes inside of start().
  Connector::Outcome connect(DialTarget target, Duration timeout = 10s) {
    start = now();
    std::optional<Connector::Outcome> outcome;
    const auto connector = std::make_shared<Connector>(
        loop, std::move(target), timeout,
        [&] {
          EXPECT_FALSE(outcome.has_value());
          ++begun;
        },
        [&](Connector::Outcome result) { outcome.emplace(std::move(result)); });
    connector->start(names);
    EXPECT_FALSE(outcome.has_value());
    EXPECT_TRUE(run_until([&] { return outcome.has_value(); }));
    return *std::move(outcome);
  }

  [[nodiscard]] DialTarget tls_to(const LoopbackServer& server) const {
    DialTarget target = to(server);
    TlsOptions options;
    options.ca_file = authority_file.path();
    target.tls = TlsTarget{*TlsContext::create(options), ""};
    return target;
  }

  const testing::Certificate authority = testing::make_self_signed({.common_name = "Test Root"});
  const testing::TemporaryFile authority_file{authority.pem()};
  const testing::Certificate certificate = testing::make_signed({}, authority);
  TimePoint start;
  int begun = 0;
};

TEST_F(ConnectorTest, ConnectsToANameOfThisMachine) {
  const LoopbackServer server{echo};
  const auto outcome =
      connect({.host = "localhost", .port = server.port(), .tls = {}, .endpoints = {}});

  ASSERT_TRUE(outcome);
  EXPECT_THAT(outcome->filter, IsNull());
  EXPECT_EQ(begun, 1);
}

TEST_F(ConnectorTest, AddressesInFiguresDoNotWaitForTheThreadsOfNames) {
  const LoopbackServer server{echo, "::1"};
  ASSERT_TRUE(name_threads.shut_down(0s));

  EXPECT_TRUE(connect({.host = "::1", .port = server.port(), .tls = {}, .endpoints = {}}));
}

TEST_F(ConnectorTest, FailsWhenThereIsNoThreadForTheName) {
  ASSERT_TRUE(name_threads.shut_down(0s));
  const auto outcome = connect({.host = "localhost", .port = 1, .tls = {}, .endpoints = {}});

  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().kind, Eq(DisconnectKind::kResolveFailed));
}

TEST_F(ConnectorTest, FailsWhenTheNameHasNoAddress) {
  const std::string host = std::string(64, 'a') + ".invalid";
  const auto outcome = connect({.host = host, .port = 1, .tls = {}, .endpoints = {}});

  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().kind, Eq(DisconnectKind::kResolveFailed));
  EXPECT_THAT(outcome.error().detail, StartsWith(host));
  EXPECT_EQ(begun, 0) << "no server has seen anything of it";
}

TEST_F(ConnectorTest, TcpBeginsWhenTheNameHasBeenLookedUp) {
  std::promise<void> opener;
  const std::shared_future<void> opened{opener.get_future()};
  std::promise<void> asked;
  const NameResolver::Resolve slow = [&](const std::string& host, std::uint16_t port) {
    asked.set_value();
    opened.wait_for(10s);
    return resolve(host, port);
  };
  NameResolver slow_names{loop, name_threads, slow};
  const LoopbackServer server{echo};
  bool is_connected = false;
  const auto connector = std::make_shared<Connector>(
      loop, DialTarget{.host = "localhost", .port = server.port(), .tls = {}, .endpoints = {}}, 10s,
      [&] {
        EXPECT_FALSE(is_connected);
        ++begun;
      },
      [&](const Connector::Outcome& outcome) { is_connected = outcome.has_value(); });

  connector->start(slow_names);
  asked.get_future().wait();
  run_ready();
  EXPECT_EQ(begun, 0);

  opener.set_value();
  EXPECT_TRUE(run_until([&] { return is_connected; }));
  EXPECT_EQ(begun, 1);
}

TEST_F(ConnectorTest, ASlowLookUpEndsAtTheDeadline) {
  std::promise<void> opener;
  const std::shared_future<void> opened{opener.get_future()};
  // Both threads are busy, as if their name servers did not answer.
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(name_threads.run([opened] { opened.wait_for(10s); }));
  const auto outcome = connect({.host = "localhost", .port = 1, .tls = {}, .endpoints = {}}, 30ms);
  opener.set_value();

  ASSERT_FALSE(outcome);
  EXPECT_THAT(now() - start, AllOf(Ge(30ms), Lt(5s)));
  EXPECT_THAT(outcome.error().kind, Eq(DisconnectKind::kResolveFailed));
  EXPECT_THAT(outcome.error().detail,
              Eq("localhost: no address of this name within the 30 ms allowed for connecting"));
}

TEST_F(ConnectorTest, TriesEveryEndpointOfTheTarget) {
  const LoopbackServer server{echo};
  DialTarget target = to(server);
  target.endpoints.insert(target.endpoints.begin(), refusing_endpoint("::1"));

  EXPECT_TRUE(connect(target));
}

TEST_F(ConnectorTest, TriesTheAddressesOfItsSourcesFamilyOnly) {
  const LoopbackServer server{echo};
  DialTarget target = to(server);
  target.endpoints.insert(target.endpoints.begin(), refusing_endpoint("::1"));
  target.source = Endpoint::parse("127.0.0.7", 0);

  const auto outcome = connect(target);

  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_EQ(outcome->socket.local_endpoint().address().to_string(), "127.0.0.7");
}

TEST_F(ConnectorTest, SaysThatTheServerHasNoAddressOfTheFamily) {
  DialTarget target;
  target.host = "localhost";
  target.endpoints = {refusing_endpoint()};
  target.source = Endpoint::parse("::1", 0);

  const auto outcome = connect(target);

  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, DisconnectKind::kSourceFailed);
  EXPECT_EQ(outcome.error().detail, "localhost has no IPv6 address, which source ::1 would need");
}

TEST_F(ConnectorTest, FailsWhenNobodyAnswers) {
  const BlackHole hole;
  DialTarget target;
  target.endpoints = {hole.endpoint()};
  const auto outcome = connect(target, 50ms);

  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().kind, Eq(DisconnectKind::kConnectFailed));
}

TEST_F(ConnectorTest, CompletesTheTlsHandshake) {
  const LoopbackServer server{[this](ServerSocket& socket) {
    if (socket.accept_tls(certificate)) echo(socket);
  }};
  const auto outcome = connect(tls_to(server));

  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_THAT(outcome->filter, NotNull());
}

TEST_F(ConnectorTest, ChecksTheServerNameOfTheTargetWhereThereIsOne) {
  const LoopbackServer server{[this](ServerSocket& socket) { socket.accept_tls(certificate); }};
  DialTarget target = tls_to(server);
  target.tls->server_name = "other.example";
  const auto outcome = connect(target);

  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().detail,
              Eq("the certificate is for server.example, not for other.example"));
}

TEST_F(ConnectorTest, SaysThatTheServerSpeaksPlainText) {
  const LoopbackServer server{[](ServerSocket& socket) {
    static_cast<void>(socket.receive());
    socket.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    static_cast<void>(socket.receive());
  }};
  const auto outcome = connect(tls_to(server));

  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().kind, Eq(DisconnectKind::kTlsFailed));
  EXPECT_THAT(outcome.error().detail, HasSubstr("does not speak TLS here"));
}

TEST_F(ConnectorTest, SaysThatTheServerLeftInTheMiddleOfTheHandshake) {
  const LoopbackServer server{[](ServerSocket& socket) { static_cast<void>(socket.receive()); }};
  const auto outcome = connect(tls_to(server));

  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().kind, Eq(DisconnectKind::kConnectFailed));
  EXPECT_THAT(outcome.error().detail, HasSubstr("in the TLS handshake: "));
}

TEST_F(ConnectorTest, AResetInTheMiddleOfTheHandshakeIsNoVerdictOfTls) {
  const LoopbackServer server{[](ServerSocket& socket) {
    static_cast<void>(socket.receive());
    socket.reset();
  }};
  const auto outcome = connect(tls_to(server));

  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().kind, Eq(DisconnectKind::kConnectFailed));
  EXPECT_THAT(outcome.error().detail, HasSubstr("in the TLS handshake: Connection reset by peer"));
}

TEST_F(ConnectorTest, ASilentServerEndsTheHandshakeAtTheDeadline) {
  const LoopbackServer server{[](ServerSocket& socket) {
    while (!socket.receive().empty()) continue;
  }};
  const auto outcome = connect(tls_to(server), 50ms);

  ASSERT_FALSE(outcome);
  EXPECT_THAT(now() - start, AllOf(Ge(50ms), Lt(5s)));
  EXPECT_THAT(outcome.error().kind, Eq(DisconnectKind::kConnectFailed));
  EXPECT_THAT(outcome.error().detail, HasSubstr("within the 50 ms allowed for connecting"));
}

}  // namespace
}  // namespace wsm::io
