// What only TLS has: input that waits in memory, and an end of its own.
#include <chrono>
#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "io/tls_context.h"
#include "io/transport_fixture.h"
#include "unit/io/tls_server_end.h"

namespace wsm::io {
namespace {

using ::testing::Eq;
using ::testing::Gt;
using ::testing::Ne;
using namespace std::chrono_literals;

using testing::LoopbackServer;
using testing::ServerSocket;
using testing::TestClient;

class TransportTlsTest : public testing::TransportFixture {
 protected:
  TransportTlsTest() {
    TlsOptions options;
    options.ca_file = certificate_file.path();
    context = *TlsContext::create(options);
  }

  void connect(TestClient& client, const LoopbackServer& server) {
    DialTarget target = to(server);
    target.tls = TlsTarget{context, ""};
    dial(client, target);
    ASSERT_TRUE(client.is_connected) << client.failure->detail;
  }

  /// Reads `space` bytes at the most as soon as there are any.
  std::string read_first(TestClient& client, std::size_t space) {
    std::string bytes;
    while (bytes.empty()) {
      client.readable = 0;
      client.transport->wait_readable();
      if (!run_until([&] { return client.readable > 0; })) break;
      bytes = client.read(space);
    }
    return bytes;
  }

  LoopbackServer::Script sending(std::string bytes) {
    return [this, bytes = std::move(bytes)](ServerSocket& socket) {
      if (!socket.accept_tls(certificate)) return;
      socket.send(bytes);
      static_cast<void>(socket.receive());
    };
  }

  const testing::Certificate certificate = testing::make_self_signed({});
  const testing::TemporaryFile certificate_file{certificate.pem()};
  std::shared_ptr<const TlsContext> context;
};

TEST_F(TransportTlsTest, KnowsThatThereIsMoreThanWasReadFor) {
  const LoopbackServer server{sending("abcdef")};
  TestClient client{loop, buffer};
  connect(client, server);

  EXPECT_THAT(read_first(client, 2), Eq("ab"));
  EXPECT_TRUE(client.transport->has_buffered_input());
  EXPECT_THAT(client.read(), Eq("cdef"));
  EXPECT_FALSE(client.transport->has_buffered_input());
}

TEST_F(TransportTlsTest, AnOwnerThatStopsIsCalledForTheRest) {
  const LoopbackServer server{sending("abcdef")};
  TestClient client{loop, buffer};
  connect(client, server);
  ASSERT_THAT(read_first(client, 2), Eq("ab"));
  client.readable = 0;
  client.transport->wait_readable();
  EXPECT_THAT(client.readable, Eq(0)) << "never inside of a call";

  // The socket has nothing more to say; only the transport knows.
  EXPECT_TRUE(run_until([&] { return client.readable == 1; }));
  EXPECT_THAT(client.read(), Eq("cdef"));
}

TEST_F(TransportTlsTest, WhatAnOwnerLeftSurvivesAnothersReads) {
  const std::string large_a(100'000, 'a');
  const std::string large_b(100'000, 'b');
  const LoopbackServer server_a{sending(large_a)};
  const LoopbackServer server_b{sending(large_b)};
  TestClient first{loop, buffer};
  TestClient second{loop, buffer};
  connect(first, server_a);
  connect(second, server_b);

  std::string received = read_first(first, 10);
  EXPECT_TRUE(first.transport->has_buffered_input());
  EXPECT_THAT(read_first(second, 1), Eq("b"));
  first.read_on();
  second.read_on();
  ASSERT_TRUE(run_until([&] {
    return first.received.size() == large_a.size() - 10 &&
           second.received.size() == large_b.size() - 1;
  }));
  EXPECT_TRUE(received + first.received == large_a);
}

TEST_F(TransportTlsTest, DestructionInTheMiddleOfTheInputLeavesTheBufferToOthers) {
  const LoopbackServer server{sending(std::string(100'000, 'x'))};
  auto first = std::make_unique<TestClient>(loop, buffer);
  TestClient second{loop, buffer};
  connect(*first, server);
  connect(second, server);
  ASSERT_THAT(read_first(*first, 1), Eq("x"));
  first.reset();
  second.read_on();

  EXPECT_TRUE(run_until([&] { return second.received.size() == 100'000; }));
}

/// Shakes hands as `end`. Returns its last records, which have not been sent yet.
std::string shake_hands(ServerSocket& socket, testing::TlsServerEnd& end) {
  std::string answer;
  while (!end.is_handshake_done()) {
    socket.send(answer);
    const std::string records = socket.receive();
    if (records.empty()) break;
    answer = testing::text_of(end.exchange(std::as_bytes(std::span{records})));
  }
  return answer;
}

/// Stops in the middle of a session ticket until `may_go_on`, and returns what comes then.
std::string serve_with_cut_ticket(ServerSocket& socket, const testing::Certificate& certificate,
                                  std::future<void> may_go_on) {
  testing::TlsServerEnd end{certificate};
  end.set_large_session_tickets();
  const std::string tickets = shake_hands(socket, end);
  socket.send(tickets.substr(0, 700));  // The first record of a ticket, and a part of the second.
  may_go_on.wait_for(10s);
  socket.send(tickets.substr(700));
  const std::string records = socket.receive();
  end.exchange(std::as_bytes(std::span{records}));
  return end.read();
}

TEST_F(TransportTlsTest, DataThatComesWithTheEndOfTheHandshakeIsRead) {
  const LoopbackServer server{[&](ServerSocket& socket) {
    // In TLS 1.2 the server ends the handshake, and may go on at once.
    testing::TlsServerEnd end{certificate};
    end.set_protocol(TLS1_2_VERSION);
    const std::string finished = shake_hands(socket, end);
    socket.send(finished + testing::text_of(end.write("early")));
    static_cast<void>(socket.receive());
  }};
  TestClient client{loop, buffer};
  connect(client, server);
  client.read_on();

  EXPECT_TRUE(run_until([&] { return client.received == "early"; }));
}

TEST_F(TransportTlsTest, WritesWaitForTheRestOfAMessageThatOpenSslReads) {
  std::promise<void> may_go_on;
  std::promise<std::string> heard;
  const LoopbackServer server{[&](ServerSocket& socket) {
    heard.set_value(serve_with_cut_ticket(socket, certificate, may_go_on.get_future()));
  }};
  TestClient client{loop, buffer};
  connect(client, server);
  client.read_on();
  ASSERT_TRUE(run_until([&] { return client.readable == 1; }));

  client.write_on("hello");
  run_ready();
  EXPECT_THAT(client.unsent, Eq(5U));
  EXPECT_THAT(client.writable, Eq(0)) << "the socket would take it, but OpenSSL does not";

  may_go_on.set_value();
  EXPECT_TRUE(run_until([&] { return client.unsent == 0; }));
  EXPECT_THAT(heard.get_future().get(), Eq("hello"));
}

/// Records that change the keys, `count` times, with each an answer demanded.
std::string key_updates(testing::TlsServerEnd& end, int count) {
  std::string records;
  for (int i = 0; i < count; ++i) {
    records += testing::text_of(end.key_update());
    records += testing::text_of(end.exchange({}));
  }
  return records;
}

TEST_F(TransportTlsTest, RecordsWithoutDataDoNotKeepTheLoop) {
  const LoopbackServer server{[&](ServerSocket& socket) {
    testing::TlsServerEnd end{certificate};
    socket.send(shake_hands(socket, end));
    socket.send(key_updates(end, 1000));
    socket.send(testing::text_of(end.write("data")));
    while (!socket.receive().empty()) continue;
  }};
  TestClient client{loop, buffer};
  connect(client, server);
  client.read_on();

  ASSERT_TRUE(run_until(
      [&] { return client.received == "data" || client.last_status == ReadStatus::kEnded; }));
  ASSERT_THAT(client.last_status, Ne(ReadStatus::kEnded)) << client.transport->end_reason().detail;
  EXPECT_THAT(client.readable, Gt(4)) << "each a turn, between which others have theirs";
}

TEST_F(TransportTlsTest, CloseNotifyEndsEvenWithoutFin) {
  std::promise<void> read;
  const LoopbackServer server{[&](ServerSocket& socket) {
    testing::TlsServerEnd end{certificate};
    std::string records = shake_hands(socket, end);
    records += testing::text_of(end.write("last words"));
    records += testing::text_of(end.close_notify());
    socket.send(records);
    read.get_future().wait_for(60s);  // Longer than the test waits: no FIN comes to its help.
  }};
  TestClient client{loop, buffer};
  connect(client, server);
  client.read_on();

  EXPECT_TRUE(run_until([&] { return client.last_status == ReadStatus::kEnded; }));
  read.set_value();
  EXPECT_THAT(client.received, Eq("last words"));
  EXPECT_THAT(client.transport->end_reason().kind, Eq(DisconnectKind::kConnectionLost));
  EXPECT_THAT(client.transport->end_reason().detail, Eq("the server closed TLS"));
}

TEST_F(TransportTlsTest, AnswersLastWordsThatCameWithCloseNotify) {
  std::promise<std::string> heard;
  const LoopbackServer server{[&](ServerSocket& socket) {
    testing::TlsServerEnd end{certificate};
    std::string records = shake_hands(socket, end);
    records += testing::text_of(end.write("last words"));
    records += testing::text_of(end.close_notify());
    socket.send(records);
    const std::string answer = socket.receive();
    end.exchange(std::as_bytes(std::span{answer}));
    heard.set_value(end.read());
  }};
  TestClient client{loop, buffer};
  connect(client, server);
  ASSERT_THAT(read_first(client, 100), Eq("last words"));

  client.write_on("goodbye");
  EXPECT_THAT(client.unsent, Eq(0U));
  EXPECT_THAT(heard.get_future().get(), Eq("goodbye"));
}

TEST_F(TransportTlsTest, FinWithoutCloseNotifyIsALostConnection) {
  const LoopbackServer server{[&](ServerSocket& socket) {
    if (socket.accept_tls(certificate)) socket.send("cut");
    // A client that waits in vain for the rest would hang here.
    socket.end_sending();
    static_cast<void>(socket.receive());
  }};
  TestClient client{loop, buffer};
  connect(client, server);
  client.read_on();

  EXPECT_TRUE(run_until([&] { return client.last_status == ReadStatus::kEnded; }));
  EXPECT_THAT(client.received, Eq("cut"));
  EXPECT_THAT(client.transport->end_reason().kind, Eq(DisconnectKind::kConnectionLost));
  EXPECT_THAT(client.transport->end_reason().detail, Eq("the server ended the TCP connection"));
}

TEST_F(TransportTlsTest, CloseSaysGoodbye) {
  std::promise<bool> has_seen;
  const LoopbackServer server{[&](ServerSocket& socket) {
    if (!socket.accept_tls(certificate)) return;
    while (!socket.receive().empty()) continue;
    has_seen.set_value(socket.has_seen_close_notify());
  }};
  TestClient client{loop, buffer};
  connect(client, server);
  client.transport->close();
  client.transport->close();

  auto seen = has_seen.get_future();
  ASSERT_THAT(seen.wait_for(10s), Eq(std::future_status::ready));
  EXPECT_TRUE(seen.get());
}

TEST_F(TransportTlsTest, GarbageInsteadOfRecordsIsATlsFailure) {
  const LoopbackServer server{[&](ServerSocket& socket) {
    if (!socket.accept_tls(certificate)) return;
    socket.send_raw("this is no record at all");
    static_cast<void>(socket.receive());
  }};
  TestClient client{loop, buffer};
  connect(client, server);
  client.read_on();

  EXPECT_TRUE(run_until([&] { return client.last_status == ReadStatus::kEnded; }));
  EXPECT_THAT(client.transport->end_reason().kind, Eq(DisconnectKind::kTlsFailed));
}

}  // namespace
}  // namespace wsm::io
