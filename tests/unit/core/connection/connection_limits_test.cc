// The limits on what a connection sends: every frame counts, and everything waits for its slot.

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/core/connection/connection_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::ClientFrame;
using test::close_payload;
using test::server_close;
using test::server_frame;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Status = ConnectionStatus;

/// Three frames in ten seconds, one of which is kept for control frames.
class ConnectionLimitsTest : public test::ConnectionFixture {
 protected:
  ConnectionLimitsTest() {
    settings.frames = {.count = 3, .window = 10s, .spacing = {}};
    settings.close_timeout = 15s;
    make();
  }
  void send(const std::string& text) { ASSERT_TRUE(connection->send(OutgoingMessage::text(text))); }
  static ClientFrame text(const std::string& payload) { return {Opcode::kText, payload}; }
};

TEST_F(ConnectionLimitsTest, SendsInOrderWhatHasASlotAndTheRestLater) {
  open();
  for (const char* message : {"1", "2", "3"}) send(message);

  EXPECT_THAT(take_frames(), ElementsAre(text("1"), text("2")));
  EXPECT_EQ(connection->next_deadline(), now + 10s);
  advance(10s - 1ns);
  EXPECT_THAT(take_frames(), IsEmpty());
  advance(1ns);
  EXPECT_THAT(take_frames(), ElementsAre(text("3")));
}

TEST_F(ConnectionLimitsTest, CountsWhatTheHandlerSaysFirst) {
  go_to(Status::kGreeting);
  (void)take_bytes();

  greet({OutgoingMessage::text("log in"), OutgoingMessage::text("hello")});

  EXPECT_THAT(take_frames(), SizeIs(2));
  EXPECT_FALSE(connection->claim_request(now));
  EXPECT_FALSE(connection->claim_request(now + 10s - 1ns));
  EXPECT_TRUE(connection->claim_request(now + 10s));
}

TEST_F(ConnectionLimitsTest, AnswersAPingAtOnceBehindAnyNumberOfMessages) {
  open();
  for (int i = 0; i < 10; ++i) send("x");
  (void)take_frames();

  receive(server_frame(Opcode::kPing, "1") + server_frame(Opcode::kPing, "2"));

  EXPECT_THAT(take_frames(), ElementsAre(ClientFrame{Opcode::kPong, "2"}));
}

TEST_F(ConnectionLimitsTest, PostponesAPingAndItsTimeUntilThereIsASlot) {
  settings.keepalive = {.ping_interval = 5s, .pong_timeout = 300ms, .failure_threshold = 1};
  make();
  open();
  for (const char* payload : {"1", "2", "3"}) {
    receive(server_frame(Opcode::kPing, payload));
    EXPECT_THAT(take_frames(), SizeIs(1));
  }

  advance(10s - 1ns);
  EXPECT_THAT(take_frames(), IsEmpty());
  advance(1ns);
  EXPECT_THAT(take_frames(), SizeIs(1));
  advance(300ms - 1ns);
  EXPECT_EQ(status(), Status::kOpen);
  advance(1ns);
  EXPECT_EQ(status(), Status::kClosed);
}

/// However often the queue is looked at between the slot and the timer.
TEST_F(ConnectionLimitsTest, LetsNoMessageTakeTheSlotOfALatePing) {
  settings.frames = {.count = 2, .window = 1s, .spacing = {}};
  settings.keepalive = {.ping_interval = 500ms, .pong_timeout = {}, .failure_threshold = 1};
  make();
  open();
  for (int i = 0; i < 10; ++i) send("x");
  (void)take_frames();
  advance(500ms);

  now += 500ms;
  EXPECT_THAT(take_frames(), IsEmpty());
  advance(0ms);

  EXPECT_THAT(take_frames(), ElementsAre(Field(&ClientFrame::opcode, Opcode::kPing), text("x")));
}

TEST_F(ConnectionLimitsTest, SendsATextPingBeforeTheMessagesThatWait) {
  settings.keepalive = {.ping_interval = 100ms, .pong_timeout = {}, .failure_threshold = 1};
  settings.text_ping = "ping";
  make();
  open();
  for (int i = 0; i < 10; ++i) send("x");
  (void)take_frames();

  advance(100ms);

  EXPECT_THAT(take_frames(), ElementsAre(text("ping")));
}

TEST_F(ConnectionLimitsTest, ClosesBehindTheMessagesThatWait) {
  open();
  for (const char* message : {"1", "2", "3"}) send(message);

  connection->close({.kind = DisconnectKind::kRequested}, now);

  EXPECT_THAT(take_frames(), ElementsAre(text("1"), text("2")));
  advance(10s);
  EXPECT_THAT(take_frames(),
              ElementsAre(text("3"), ClientFrame{Opcode::kClose, close_payload(1000)}));
}

TEST_F(ConnectionLimitsTest, WaitsForTheSlotOfACloseFrameNoLongerThanItsTime) {
  settings.frames.window = 1h;
  make();
  open();
  for (const char* message : {"1", "2", "3"}) send(message);
  connection->close({.kind = DisconnectKind::kRequested}, now);
  (void)take_frames();

  advance(settings.close_timeout - 1ns);
  EXPECT_EQ(status(), Status::kClosing);
  advance(1ns);

  EXPECT_EQ(status(), Status::kClosed);
  EXPECT_THAT(take_frames(), IsEmpty());
}

TEST_F(ConnectionLimitsTest, AnswersACloseFrameWithoutTheMessagesThatWait) {
  open();
  for (const char* message : {"1", "2", "3"}) send(message);
  (void)take_frames();

  receive(server_close(1001));

  EXPECT_THAT(take_frames(), ElementsAre(ClientFrame{Opcode::kClose, close_payload(1001)}));
}

TEST_F(ConnectionLimitsTest, CountsAFrameFromTheTimeItIsWritten) {
  open();
  for (const char* message : {"1", "2", "3", "4"}) send(message);
  ASSERT_FALSE(connection->pending_transmit(now).empty());

  advance(50s);  // The server does not read.
  EXPECT_THAT(take_frames(), ElementsAre(text("1"), text("2")));

  advance(10s - 1ns);
  EXPECT_THAT(take_frames(), IsEmpty());
  advance(1ns);
  EXPECT_THAT(take_frames(), ElementsAre(text("3"), text("4")));
}

TEST_F(ConnectionLimitsTest, RefusesMessagesWhenTooManyBytesWait) {
  open();
  const std::string large(SendQueue::kBytesMax / 4, 'x');
  for (int i = 0; i < 3; ++i) send(large);
  (void)take_frames();
  send(large);
  send(large);

  send("small");
  const auto sent = connection->send(OutgoingMessage::text(large + large));

  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, Errc::kSendQueueFull);
}

}  // namespace
}  // namespace wsm
