// A connection whose server has agreed to compress (RFC 7692).

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/core/connection/connection_fixture.h"
#include "unit/wire/server_deflate.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::ClientFrame;
using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::Lt;
using ::testing::SizeIs;

class ConnectionCompressionTest : public test::ConnectionFixture {
 protected:
  /// Open, with what the server has `answered`.
  void begin(std::string_view answered = "permessage-deflate",
             std::vector<OutgoingMessage> greeting = {}) {
    make();
    prepare();
    dial();
    upgrade({}, "Sec-WebSocket-Extensions: " + std::string{answered} + "\r\n");
    greet(std::move(greeting));
  }
  void send(const std::string& text) { ASSERT_TRUE(connection->send(OutgoingMessage::text(text))); }
  std::vector<ClientFrame> take() {
    std::string bytes = take_bytes();
    return test::take_client_frames(bytes, /*may_compress=*/true);
  }
  static std::string in_frame(std::string_view payload) {
    const auto bytes = testing::compressed_frame(Opcode::kText, payload);
    return testing::as_text(bytes);
  }
  static std::string request(int number) {
    std::string text;
    for (int i = 0; i < 30; ++i) text += "trades.SYMBOL" + std::to_string(number + i) + ',';
    return text;
  }

  testing::ServerDeflate server;
  testing::ServerInflate reader;
};

TEST_F(ConnectionCompressionTest, IsOfferedWhereItIsWanted) {
  prepare();
  dial();
  EXPECT_THAT(take_bytes(), ::testing::Not(HasSubstr("Extensions")));

  settings.deflate = DeflateOffer{};
  make();
  prepare();
  dial();
  EXPECT_THAT(
      take_bytes(),
      HasSubstr("\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"));
}

TEST_F(ConnectionCompressionTest, MessagesComeAsTheyWere) {
  settings.deflate = DeflateOffer{};
  begin();

  const std::string first = in_frame(server.compress("first"));
  receive(first + in_frame(server.compress("first again")));

  EXPECT_THAT(messages, ElementsAre("text: first", "text: first again"));
  EXPECT_EQ(connection->traffic().bytes_received, 16U) << "what the handler has got";
  EXPECT_THAT(connection->compression_bytes(), Gt(std::size_t{1} << 15));
}

TEST_F(ConnectionCompressionTest, WhatDeclinesIsPlain) {
  settings.deflate = DeflateOffer{};
  make();
  open();
  send(request(1));

  const auto frames = take();
  ASSERT_THAT(frames, SizeIs(1));
  EXPECT_EQ(frames[0].form, PayloadForm::kPlain);
  EXPECT_EQ(connection->compression_bytes(), 0U);
}

TEST_F(ConnectionCompressionTest, RequestsAreCompressedAndShortOnesAreNot) {
  settings.deflate = DeflateOffer{};
  begin();
  send(request(1));
  send("short");
  send(request(2));

  const auto frames = take();

  ASSERT_THAT(frames, SizeIs(3));
  EXPECT_EQ(reader.expand(frames[0].payload), request(1));
  EXPECT_EQ(frames[1], (ClientFrame{Opcode::kText, "short"}));
  EXPECT_THAT(frames[2].payload.size(), Lt(frames[0].payload.size() / 2)) << "it knows the first";
  EXPECT_EQ(reader.expand(frames[2].payload), request(2));
}

TEST_F(ConnectionCompressionTest, TheServerMayForbidAContext) {
  settings.deflate = DeflateOffer{};
  begin("permessage-deflate; client_no_context_takeover");
  send(request(1));
  send(request(1));

  const auto frames = take();

  ASSERT_THAT(frames, SizeIs(2));
  EXPECT_EQ(frames[0].payload, frames[1].payload);
  EXPECT_EQ(connection->compression_bytes(), 0U);
}

/// zlib has no window that small, and nobody has to compress.
TEST_F(ConnectionCompressionTest, TheSmallestWindowOfAllIsAnsweredPlain) {
  settings.deflate = DeflateOffer{};
  begin("permessage-deflate; client_max_window_bits=8");
  send(request(1));

  EXPECT_THAT(take(), ElementsAre(ClientFrame{Opcode::kText, request(1)}));
}

/// What is compressed tells by its length what it has in common with what went before, and others
/// may choose what comes after a secret.
TEST_F(ConnectionCompressionTest, TheGreetingIsNeverCompressed) {
  for (const bool is_limited : {false, true}) {
    settings.deflate = DeflateOffer{};
    if (is_limited) settings.frames = {.count = 3, .window = 10s, .spacing = {}};
    std::vector<OutgoingMessage> greeting{OutgoingMessage::text("login 1" + request(1)),
                                          OutgoingMessage::text("login 2" + request(1))};
    begin("permessage-deflate", std::move(greeting));
    send(request(1));

    std::vector<ClientFrame> frames = take();
    advance(10s);
    for (auto& frame : take()) frames.push_back(std::move(frame));

    ASSERT_THAT(frames, SizeIs(3));
    EXPECT_EQ(frames[0].form, PayloadForm::kPlain);
    EXPECT_EQ(frames[1].form, PayloadForm::kPlain);
    EXPECT_EQ(frames[2].form, PayloadForm::kCompressed);
  }
}

TEST_F(ConnectionCompressionTest, ABombClosesTheConnection) {
  settings.deflate = DeflateOffer{};
  settings.message_bytes_max = 100'000;
  settings.decompressed_bytes_max = 100'000;
  begin();

  receive(in_frame(server.compress(std::string(10'000'000, 'x'))));

  EXPECT_EQ(status(), ConnectionStatus::kClosing);
  EXPECT_THAT(reason().detail, HasSubstr("expands to more than the 100000 bytes"));
  EXPECT_EQ(connection->compression_bytes(), 0U);
}

TEST_F(ConnectionCompressionTest, AnAnswerThatWasNotOfferedIsRefused) {
  settings.deflate = DeflateOffer{.keeps_context = true, .window_bits_max = 10};
  make();
  prepare();
  dial();
  upgrade({}, "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=15\r\n");

  EXPECT_EQ(status(), ConnectionStatus::kClosed);
  EXPECT_EQ(reason().kind, DisconnectKind::kUpgradeRefused);
}

}  // namespace
}  // namespace wsm
