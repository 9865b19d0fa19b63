// Pings in both directions, text pings, and the watch for data.

#include <bit>
#include <chrono>
#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/core/connection/connection_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::ClientFrame;
using test::server_frame;
using test::server_text;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Status = ConnectionStatus;

class ConnectionHealthTest : public test::ConnectionFixture {
 protected:
  void open_with_pings() {
    settings.keepalive = {.ping_interval = 20s, .pong_timeout = 10s, .failure_threshold = 1};
    make();
    open();
  }
  void open_with_text_pings() {
    settings.text_ping = "ping";
    settings.text_pong = "PONG";
    open_with_pings();
  }
  void open_expecting_data() {
    settings.data_timeout = 30s;
    make();
    open();
    connection->expect_data(true, now);
  }
  void receive_data() {
    receive(server_text("data"));
    connection->handle_data();
  }
};

TEST_F(ConnectionHealthTest, AnswersPingsInTheirOrder) {
  go_to(Status::kOpen);

  receive(server_frame(Opcode::kPing, "1") + server_frame(Opcode::kPing, "") +
          server_frame(Opcode::kPing, "3"));

  EXPECT_THAT(take_frames(),
              ElementsAre(ClientFrame{Opcode::kPong, "1"}, ClientFrame{Opcode::kPong, ""},
                          ClientFrame{Opcode::kPong, "3"}));
}

TEST_F(ConnectionHealthTest, AnswersAPingBetweenTheFragmentsOfAMessage) {
  go_to(Status::kOpen);

  receive(test::server_fragment(Opcode::kText, "in ") + server_frame(Opcode::kPing, "x") +
          server_frame(Opcode::kContinuation, "pieces"));

  EXPECT_THAT(take_frames(), ElementsAre(ClientFrame{Opcode::kPong, "x"}));
  EXPECT_THAT(messages, ElementsAre("text: in pieces"));
}

TEST_F(ConnectionHealthTest, AnswersPingsBeforeTheGreetingIsAnswered) {
  go_to(Status::kGreeting);

  receive(server_frame(Opcode::kPing, "early"));

  EXPECT_THAT(take_frames(), ElementsAre(ClientFrame{Opcode::kPong, "early"}));
}

TEST_F(ConnectionHealthTest, BoundsTheAnswersToAFloodOfPings) {
  go_to(Status::kOpen);
  const std::string ping = server_frame(Opcode::kPing, std::string(125, 'x'));

  for (int i = 0; i < 10'000; ++i) receive(ping);
  receive(server_frame(Opcode::kPing, "the last"));

  EXPECT_LE(connection->pending_transmit(now).size(), SendQueue::kPongBacklogMax + 200);
  EXPECT_EQ(take_frames().back(), (ClientFrame{Opcode::kPong, "the last"}));
}

TEST_F(ConnectionHealthTest, PingsAndTakesThePongThatAnswers) {
  open_with_pings();

  advance(20s);
  const auto frames = take_frames();
  ASSERT_THAT(frames, SizeIs(1));
  EXPECT_EQ(frames[0].opcode, Opcode::kPing);
  now += 42ms;
  receive(server_frame(Opcode::kPong, frames[0].payload));

  EXPECT_EQ(connection->last_round_trip(), 42ms);
  EXPECT_EQ(connection->traffic().pings_sent, 1U);
  EXPECT_EQ(connection->traffic().pongs_received, 1U);
  EXPECT_THAT(messages, IsEmpty());
}

TEST_F(ConnectionHealthTest, IsOverAtTheInstantAtWhichThePongIsMissed) {
  open_with_pings();
  advance(20s);
  (void)take_frames();

  advance(10s - 1ns);
  EXPECT_EQ(status(), Status::kOpen);
  advance(1ns);

  EXPECT_EQ(status(), Status::kClosed);
  EXPECT_EQ(reason().kind, DisconnectKind::kPongTimeout);
  EXPECT_EQ(reason().detail, "no pong for 30 s");
  EXPECT_THAT(take_notices(), ElementsAre("unanswered for 30000 ms"));
  EXPECT_EQ(take_bytes(), "") << "whoever does not answer pings would not answer a close frame";
}

TEST_F(ConnectionHealthTest, PongsThatAnswerNothingDoNotKeepItAlive) {
  open_with_pings();
  advance(20s);

  receive(server_frame(Opcode::kPong, "") + server_frame(Opcode::kPong, "12345678") +
          server_text("data"));
  advance(10s);

  EXPECT_EQ(reason().kind, DisconnectKind::kPongTimeout);
}

TEST_F(ConnectionHealthTest, PingsAreNotHeldUpByABusyStream) {
  open_with_pings();

  for (int i = 0; i < 20; ++i) {
    advance(1s);
    receive(server_text("busy"));
  }

  EXPECT_THAT(take_frames(), SizeIs(1));
}

TEST_F(ConnectionHealthTest, DoesNotPingOnceItIsClosing) {
  open_with_pings();
  advance(19s);
  connection->close({.kind = DisconnectKind::kRequested}, now);
  (void)take_frames();

  advance(1s);

  EXPECT_EQ(take_bytes(), "");
}

TEST_F(ConnectionHealthTest, PingsInTextWhenItIsToldTo) {
  open_with_text_pings();

  advance(20s);

  EXPECT_THAT(take_frames(), ElementsAre(ClientFrame{Opcode::kText, "ping"}));
  EXPECT_EQ(connection->traffic().pings_sent, 1U);
}

TEST_F(ConnectionHealthTest, SwallowsAndCountsThePongInText) {
  open_with_text_pings();
  advance(20s);

  now += 7ms;
  receive(server_text("before") + server_text("PONG") + server_text("PONG!"));

  EXPECT_THAT(messages, ElementsAre("text: before", "text: PONG!"));
  EXPECT_EQ(connection->traffic().pongs_received, 1U);
  EXPECT_EQ(connection->last_round_trip(), 7ms);
  advance(10s);
  EXPECT_EQ(status(), Status::kOpen);
}

TEST_F(ConnectionHealthTest, TakesThePongInABinaryMessageAsWell) {
  open_with_text_pings();
  advance(20s);

  receive(server_frame(Opcode::kBinary, "PONG") + server_frame(Opcode::kBinary, "PONG!"));

  EXPECT_THAT(messages, ElementsAre("binary: PONG!"));
  EXPECT_EQ(connection->traffic().pongs_received, 1U);
  advance(10s);
  EXPECT_EQ(status(), Status::kOpen);
}

TEST_F(ConnectionHealthTest, DeliversTheTextOfAPongWhereTextIsNotPinged) {
  open_with_pings();

  receive(server_text("PONG"));

  EXPECT_THAT(messages, ElementsAre("text: PONG"));
}

TEST_F(ConnectionHealthTest, StallsAtTheDataTimeoutAndNotBeforeAndStaysOpen) {
  open_expecting_data();

  advance(30s - 1ns);
  EXPECT_THAT(take_notices(), IsEmpty());
  advance(1ns);
  EXPECT_THAT(take_notices(), ElementsAre("stalled for 30000 ms"));
  EXPECT_EQ(status(), Status::kOpen);
}

TEST_F(ConnectionHealthTest, OnlyDataPutsOffAStall) {
  open_expecting_data();
  advance(20s);

  receive(server_text("heartbeat") + server_frame(Opcode::kPing, "x"));
  advance(10s);

  EXPECT_THAT(take_notices(), ElementsAre("stalled for 30000 ms"));
}

TEST_F(ConnectionHealthTest, DataPutsOffAStallAndIsRememberedOnce) {
  open_expecting_data();
  advance(20s);

  receive_data();
  EXPECT_TRUE(connection->take_new_data());
  EXPECT_FALSE(connection->take_new_data());

  advance(30s - 1ns);
  EXPECT_THAT(take_notices(), IsEmpty());
}

TEST_F(ConnectionHealthTest, ExpectsDataFromTheOpeningWhenItWasToldEarly) {
  settings.data_timeout = 30s;
  make();
  connection->expect_data(true, now);
  now += 5s;
  open();

  EXPECT_EQ(connection->next_deadline(), now + 30s);
}

TEST_F(ConnectionHealthTest, DoesNotStallWhereNothingIsSubscribed) {
  open_expecting_data();

  connection->expect_data(false, now);

  EXPECT_EQ(connection->next_deadline(), std::nullopt);
}

TEST_F(ConnectionHealthTest, DoesNotStallOnceItIsClosing) {
  open_expecting_data();
  connection->close({.kind = DisconnectKind::kRequested}, now);
  receive_data();

  EXPECT_EQ(connection->next_deadline(), now + 5s);
  advance(5s);
  EXPECT_THAT(take_notices(), IsEmpty());
}

TEST_F(ConnectionHealthTest, JudgesNoSilenceInAPause) {
  settings.data_timeout = 30s;
  open_with_pings();
  connection->expect_data(true, now);
  advance(20s);

  connection->pause(now);
  advance(1h);

  EXPECT_EQ(status(), Status::kOpen);
  EXPECT_THAT(take_notices(), IsEmpty());
}

TEST_F(ConnectionHealthTest, GivesPongAndDataTheTimeThatWasLeftBeforeAPause) {
  settings.data_timeout = 7s;
  open_with_pings();
  connection->expect_data(true, now);
  advance(2s);
  connection->pause(now);
  advance(18s);

  connection->resume(now);

  advance(5s - 1ns);
  EXPECT_THAT(take_notices(), IsEmpty());
  advance(1ns);
  EXPECT_THAT(take_notices(), ElementsAre("stalled for 7000 ms"));
  advance(5s - 1ns);
  EXPECT_EQ(status(), Status::kOpen);
  advance(1ns);
  EXPECT_EQ(reason().kind, DisconnectKind::kPongTimeout);
}

TEST_F(ConnectionHealthTest, AConnectionThatOpensInAPauseIsPaused) {
  settings.data_timeout = 30s;
  settings.keepalive = {.ping_interval = 20s, .pong_timeout = 10s, .failure_threshold = 1};
  make();
  connection->pause(now);
  open();
  connection->expect_data(true, now);

  advance(20s);
  advance(1h);

  EXPECT_EQ(status(), Status::kOpen);
  EXPECT_THAT(take_notices(), IsEmpty());
}

}  // namespace
}  // namespace wsm
