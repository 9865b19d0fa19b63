// Every way in which a connection ends.
#include <chrono>
#include <future>
#include <span>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/transport_fixture.h"

namespace wsm::io {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

using testing::LoopbackServer;
using testing::refusing_endpoint;
using testing::ServerSocket;
using testing::TestClient;

class TransportEndTest : public testing::TransportFixture {
 protected:
  TestClient client{loop, buffer};
};

TEST_F(TransportEndTest, ReportsADialThatFailed) {
  DialTarget target;
  target.endpoints = {refusing_endpoint()};
  dial(client, target);

  ASSERT_TRUE(client.failure.has_value());
  EXPECT_THAT(client.failure->kind, Eq(DisconnectKind::kConnectFailed));
  EXPECT_THAT(client.failure->detail, HasSubstr("Connection refused"));
  EXPECT_THAT(client.read(), Eq(""));
  EXPECT_THAT(client.last_status, Eq(ReadStatus::kEnded));
}

TEST_F(TransportEndTest, HalfClosedConnectionIsReadToItsEnd) {
  std::promise<std::string> heard;
  const LoopbackServer server{[&](ServerSocket& socket) {
    socket.send("last words");
    socket.end_sending();
    heard.set_value(socket.receive(5));
  }};
  dial(client, to(server));
  client.write_on("hello");
  client.read_on();

  EXPECT_TRUE(run_until([&] { return client.last_status == ReadStatus::kEnded; }));
  EXPECT_THAT(client.received, Eq("last words"));
  EXPECT_THAT(client.transport->end_reason().detail, Eq("the server ended the TCP connection"));
  EXPECT_THAT(heard.get_future().get(), Eq("hello"));
}

TEST_F(TransportEndTest, ReportsAReset) {
  const LoopbackServer server{[](ServerSocket& socket) {
    static_cast<void>(socket.receive());
    socket.reset();
  }};
  dial(client, to(server));
  client.read_on();
  client.write_on("go");

  EXPECT_TRUE(run_until([&] { return client.last_status == ReadStatus::kEnded; }));
  EXPECT_THAT(client.transport->end_reason().kind, Eq(DisconnectKind::kConnectionLost));
  EXPECT_THAT(client.transport->end_reason().detail, Eq("Connection reset by peer"));
}

TEST_F(TransportEndTest, WriteThatFindsTheEndLeavesItToRead) {
  const LoopbackServer server{[](ServerSocket& socket) {
    static_cast<void>(socket.receive());
    socket.reset();
  }};
  dial(client, to(server));
  client.write_on("go");
  client.transport->wait_readable();
  ASSERT_TRUE(run_until([&] { return client.readable == 1; }));

  const std::string more = "more";
  EXPECT_THAT(client.transport->write(std::as_bytes(std::span{more})), Eq(0U));
  client.transport->wait_writable();
  EXPECT_THAT(client.read(), Eq(""));
  EXPECT_THAT(client.last_status, Eq(ReadStatus::kEnded));
  EXPECT_THAT(client.transport->end_reason().detail, Eq("Connection reset by peer"));
  run_ready();
  EXPECT_THAT(client.writable, Eq(0));
}

TEST_F(TransportEndTest, WhatWasReceivedBeforeAFailedWriteIsRead) {
  std::promise<void> may_reset;
  const LoopbackServer server{[&](ServerSocket& socket) {
    socket.send("still here");
    may_reset.get_future().wait_for(10s);
    socket.reset();
  }};
  dial(client, to(server));
  client.transport->wait_readable();
  ASSERT_TRUE(run_until([&] { return client.readable == 1; }));
  may_reset.set_value();
  const std::string text = "x";
  while (client.transport->write(std::as_bytes(std::span{text})) == 1) std::this_thread::yield();

  // Linux keeps what had arrived before the reset.
  EXPECT_THAT(client.read(), Eq("still here"));
  EXPECT_THAT(client.read(), Eq(""));
  EXPECT_THAT(client.last_status, Eq(ReadStatus::kEnded));
}

TEST_F(TransportEndTest, AnEndIsAlsoReadable) {
  const LoopbackServer server{[](ServerSocket&) {}};
  dial(client, to(server));
  client.read_on();
  ASSERT_TRUE(run_until([&] { return client.last_status == ReadStatus::kEnded; }));
  client.readable = 0;
  client.transport->wait_readable();

  EXPECT_TRUE(run_until([&] { return client.readable == 1; }));
  EXPECT_THAT(client.last_status, Eq(ReadStatus::kEnded));
}

TEST_F(TransportEndTest, CloseEndsCleanlyAlthoughThereIsMoreToRead) {
  std::promise<void> closed;
  std::promise<bool> is_clean;
  const LoopbackServer server{[&](ServerSocket& socket) {
    socket.send(std::string(1000, 'x'));
    closed.get_future().wait_for(10s);
    is_clean.set_value(socket.receive(7) == "goodbye" && socket.receive().empty() &&
                       socket.has_ended_cleanly());
  }};
  dial(client, to(server));
  client.transport->wait_readable();
  ASSERT_TRUE(run_until([&] { return client.readable == 1; }));
  client.write_on("goodbye");
  client.transport->close();
  closed.set_value();

  EXPECT_TRUE(is_clean.get_future().get());
}

TEST_F(TransportEndTest, NothingComesAfterClose) {
  const LoopbackServer server{testing::echo};
  dial(client, to(server));
  client.transport->wait_readable();
  client.transport->wait_writable();
  client.transport->close();
  client.transport->wait_readable();
  client.transport->wait_writable();
  run_ready();

  EXPECT_THAT(client.readable + client.writable, Eq(0));
  EXPECT_THAT(client.read(), Eq(""));
  EXPECT_THAT(client.last_status, Eq(ReadStatus::kEnded));
  const std::string text = "x";
  EXPECT_THAT(client.transport->write(std::as_bytes(std::span{text})), Eq(0U));
}

}  // namespace
}  // namespace wsm::io
