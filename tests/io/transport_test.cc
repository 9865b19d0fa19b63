#include "io/transport.h"

#include <atomic>
#include <chrono>
#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/tls_context.h"
#include "io/transport_fixture.h"

namespace wsm::io {
namespace {

using ::testing::Eq;
using ::testing::Gt;
using ::testing::Lt;
using namespace std::chrono_literals;

using testing::echo;
using testing::LoopbackServer;
using testing::ServerSocket;
using testing::TestClient;

/// More than the kernel buffers on the way from a sender to a receiver who sleeps.
constexpr std::size_t kManyBytes = 24 * 1024 * 1024;

enum class Wire { kPlain, kTls };

/// What holds with and without TLS.
class TransportTest : public testing::TransportFixture, public ::testing::WithParamInterface<Wire> {
 protected:
  /// `script` as it goes on after the handshake.
  LoopbackServer::Script on_wire(LoopbackServer::Script script) const {
    if (GetParam() == Wire::kPlain) return script;
    return [this, script = std::move(script)](ServerSocket& socket) {
      if (socket.accept_tls(certificate)) script(socket);
    };
  }

  void connect(TestClient& client, const LoopbackServer& server) {
    DialTarget target = to(server);
    if (GetParam() == Wire::kTls) {
      TlsOptions options;
      options.ca_file = certificate_file.path();
      target.tls = TlsTarget{*TlsContext::create(options), ""};
    }
    dial(client, target);
    ASSERT_TRUE(client.is_connected) << client.failure->detail;
  }

  const testing::Certificate certificate = testing::make_self_signed({});
  const testing::TemporaryFile certificate_file{certificate.pem()};
};

INSTANTIATE_TEST_SUITE_P(Wires, TransportTest, ::testing::Values(Wire::kPlain, Wire::kTls),
                         [](const auto& wire) {
                           return wire.param == Wire::kPlain ? "Plain" : "Tls";
                         });

TEST_P(TransportTest, CarriesBytesBothWays) {
  const LoopbackServer server{on_wire(echo)};
  TestClient client{loop, buffer};
  connect(client, server);
  client.read_on();
  client.write_on("hello");

  EXPECT_TRUE(run_until([&] { return client.received == "hello"; }));
}

TEST_P(TransportTest, CarriesLargeTransfersBothWaysAtOnce) {
  const LoopbackServer server{on_wire(echo)};
  TestClient client{loop, buffer};
  connect(client, server);
  std::string large;
  while (large.size() < 8'000'000) large += std::to_string(large.size()) + ",";
  client.read_on();
  client.write_on(large);

  ASSERT_TRUE(run_until([&] { return client.received.size() == large.size(); }));
  EXPECT_TRUE(client.received == large);
  EXPECT_TRUE(client.transport->is_flushed());
}

TEST_P(TransportTest, ReadsNothingWhereThereIsNothing) {
  const LoopbackServer server{on_wire(echo)};
  TestClient client{loop, buffer};
  connect(client, server);

  EXPECT_THAT(client.read(), Eq(""));
  EXPECT_THAT(client.last_status, Eq(ReadStatus::kWouldBlock));
}

TEST_P(TransportTest, TellsOnceForEachWait) {
  const LoopbackServer server{on_wire([](ServerSocket& socket) {
    socket.send("x");
    static_cast<void>(socket.receive());
  })};
  TestClient client{loop, buffer};
  connect(client, server);
  client.transport->wait_readable();
  client.transport->wait_readable();
  // In TLS, session tickets come first, and are a reason to read as well.
  std::string received;
  while (received.empty() && run_until([&] { return client.readable > 0; })) {
    EXPECT_THAT(client.readable, Eq(1));
    received = client.read();
    client.readable = 0;
    if (received.empty()) client.transport->wait_readable();
  }

  EXPECT_THAT(received, Eq("x"));
  run_ready();
  EXPECT_THAT(client.readable, Eq(0)) << "nobody waits any more";
}

TEST_P(TransportTest, DoesNotReadAhead) {
  std::atomic<bool> is_all_sent = false;
  std::atomic<bool> has_begun = false;
  const LoopbackServer server{on_wire([&](ServerSocket& socket) {
    has_begun = true;
    is_all_sent = socket.send(std::string(kManyBytes, 'x'));
  })};
  TestClient client{loop, buffer};
  connect(client, server);
  client.transport->wait_readable();
  ASSERT_TRUE(run_until([&] { return client.readable == 1 && has_begun; }));
  run_ready();

  // The server is held up by TCP until the owner reads, and then it gets on.
  EXPECT_FALSE(is_all_sent);
  client.read_on();
  EXPECT_TRUE(run_until([&] { return client.received.size() == kManyBytes; }));
}

TEST_P(TransportTest, HoldsBackWhatTheServerDoesNotRead) {
  std::promise<void> may_read;
  std::promise<std::string> heard;
  const LoopbackServer server{on_wire([&](ServerSocket& socket) {
    may_read.get_future().wait_for(10s);
    heard.set_value(socket.receive(kManyBytes));
  })};
  TestClient client{loop, buffer};
  connect(client, server);
  std::string large(kManyBytes, 'x');
  for (std::size_t i = 0; i < kManyBytes; i += 997) large[i] = static_cast<char>('a' + i % 26);
  client.write_on(large);
  run_ready();
  EXPECT_THAT(client.unsent, Gt(0U));
  EXPECT_THAT(client.writable, Lt(1000)) << "waits for room without turning";

  may_read.set_value();
  EXPECT_TRUE(run_until([&] { return client.unsent == 0 && client.transport->is_flushed(); }));
  EXPECT_TRUE(heard.get_future().get() == large);
}

TEST_P(TransportTest, TellsWhenEverythingHasLeft) {
  const LoopbackServer server{on_wire(echo)};
  TestClient client{loop, buffer};
  connect(client, server);
  client.write_on("hello");
  client.transport->wait_writable();
  EXPECT_THAT(client.writable, Eq(0)) << "never inside of a call";

  EXPECT_TRUE(run_until([&] { return client.writable == 1; }));
  EXPECT_TRUE(client.transport->is_flushed());
}

TEST_P(TransportTest, TwoTransportsShareTheLoopAndItsBuffer) {
  const LoopbackServer server{on_wire(echo)};
  TestClient first{loop, buffer};
  TestClient second{loop, buffer};
  connect(first, server);
  connect(second, server);
  const std::string large_a(3'000'000, 'a');
  const std::string large_b(3'000'000, 'b');
  first.read_on();
  second.read_on();
  first.write_on(large_a);
  second.write_on(large_b);

  ASSERT_TRUE(run_until([&] {
    return first.received.size() == large_a.size() && second.received.size() == large_b.size();
  }));
  EXPECT_TRUE(first.received == large_a);
  EXPECT_TRUE(second.received == large_b);
}

}  // namespace
}  // namespace wsm::io
