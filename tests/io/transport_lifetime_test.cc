// Destruction at every moment.
#include <chrono>
#include <future>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/tls_context.h"
#include "io/transport_fixture.h"

namespace wsm::io {
namespace {

using ::testing::Eq;
using namespace std::chrono_literals;

using testing::BlackHole;
using testing::echo;
using testing::LoopbackServer;
using testing::refusing_endpoint;
using testing::ServerSocket;
using testing::TestClient;

class TransportLifetimeTest : public testing::TransportFixture {
 protected:
  /// Runs the loop until nothing of what the client began can still be on its way.
  void expect_silence_after_destruction() {
    client.transport.reset();
    run_ready();
    EXPECT_FALSE(client.is_connected);
    EXPECT_FALSE(client.failure.has_value());
    EXPECT_THAT(client.readable + client.writable, Eq(0));
  }

  TestClient client{loop, buffer};
};

TEST_F(TransportLifetimeTest, CanBeDestroyedUnused) { expect_silence_after_destruction(); }

TEST_F(TransportLifetimeTest, CanBeDestroyedWhileTheNameIsLookedUp) {
  std::promise<void> opener;
  const std::shared_future<void> opened{opener.get_future()};
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(name_threads.run([opened] { opened.wait_for(10s); }));
  client.transport->dial({.host = "localhost", .port = 1, .tls = {}, .endpoints = {}}, names, 10s);
  run_ready();
  client.transport.reset();
  std::promise<void> looked_up;
  ASSERT_TRUE(name_threads.run([&] { looked_up.set_value(); }));
  opener.set_value();
  looked_up.get_future().wait_for(10s);

  // The answer is posted and finds nobody.
  expect_silence_after_destruction();
}

TEST_F(TransportLifetimeTest, CanBeDestroyedBeforeTheLoopHasBegunToDial) {
  const LoopbackServer server{echo};
  client.transport->dial(to(server), names, 10s);

  expect_silence_after_destruction();
}

TEST_F(TransportLifetimeTest, CanBeDestroyedWhileConnecting) {
  const BlackHole hole;
  DialTarget target;
  target.endpoints = {hole.endpoint()};
  client.transport->dial(target, names, 10s);
  run_ready();

  expect_silence_after_destruction();
}

TEST_F(TransportLifetimeTest, CanBeDestroyedWithTheOutcomeOnItsWay) {
  DialTarget target;
  target.endpoints = {refusing_endpoint()};
  client.transport->dial(target, names, 10s);
  loop.post([&] { client.transport.reset(); });

  run_ready();
  expect_silence_after_destruction();
}

TEST_F(TransportLifetimeTest, CanBeDestroyedInTheTlsHandshake) {
  std::promise<void> received;
  const LoopbackServer server{[&](ServerSocket& socket) {
    static_cast<void>(socket.receive());
    received.set_value();
    static_cast<void>(socket.receive());
  }};
  DialTarget target = to(server);
  target.tls = TlsTarget{*TlsContext::create({}), ""};
  client.transport->dial(target, names, 10s);
  auto has_hello = received.get_future();
  ASSERT_TRUE(run_until([&] {
    loop.post([] {});  // Keeps the loop turning while only the server acts.
    return has_hello.wait_for(0s) == std::future_status::ready;
  }));

  expect_silence_after_destruction();
}

TEST_F(TransportLifetimeTest, CanBeDestroyedWithWaitsArmed) {
  const LoopbackServer server{echo};
  dial(client, to(server));
  client.is_connected = false;
  client.transport->wait_readable();
  client.transport->wait_writable();

  expect_silence_after_destruction();
}

TEST_F(TransportLifetimeTest, CanBeDestroyedByEachOfItsCallbacks) {
  const LoopbackServer server{[](ServerSocket& socket) {
    socket.send("x");
    static_cast<void>(socket.receive());
  }};
  for (int callback = 0; callback < 4; ++callback) {
    TestClient victim{loop, buffer};
    victim.transport->dial(to(server), names, 10s);
    if (callback == 1) {
      ASSERT_TRUE(run_until([&] { return victim.connecting > 0; }));
    } else if (callback > 1) {
      ASSERT_TRUE(run_until([&] { return victim.is_connected; }));
    }
    if (callback == 2) victim.transport->wait_readable();
    if (callback == 3) victim.transport->wait_writable();
    victim.on_event = [&] { victim.transport.reset(); };

    EXPECT_TRUE(run_until([&] { return victim.transport == nullptr; }));
    run_ready();
  }
}

TEST_F(TransportLifetimeTest, CanBeDestroyedByTheNewsOfItsFailure) {
  DialTarget target;
  target.endpoints = {refusing_endpoint()};
  client.on_event = [&] {
    if (client.failure) client.transport.reset();
  };
  dial(client, target);

  EXPECT_TRUE(client.failure.has_value());
  EXPECT_THAT(client.transport, Eq(nullptr));
}

TEST_F(TransportLifetimeTest, ALookUpMayOutliveTheLoop) {
  std::promise<void> opener;
  std::promise<void> begun;
  const auto slow = [&, opened = opener.get_future().share()](const auto& host, auto port) {
    begun.set_value();
    opened.wait_for(10s);
    return resolve(host, port);
  };
  BlockingPool slow_threads{1};
  {
    EventLoop short_loop;
    NameResolver slow_names{short_loop, slow_threads, slow};
    TestClient short_client{short_loop, buffer};
    short_client.transport->dial({.host = "localhost", .port = 1, .tls = {}, .endpoints = {}},
                                 slow_names, 10s);
    ASSERT_THAT(begun.get_future().wait_for(10s), Eq(std::future_status::ready));
  }
  std::promise<void> looked_up;
  ASSERT_TRUE(slow_threads.run([&] { looked_up.set_value(); }));
  opener.set_value();

  EXPECT_THAT(looked_up.get_future().wait_for(10s), Eq(std::future_status::ready));
  EXPECT_TRUE(slow_threads.shut_down(10s));
}

}  // namespace
}  // namespace wsm::io
