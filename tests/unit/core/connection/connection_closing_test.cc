// The closing handshake (RFC 6455, section 7), from both sides.

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
using test::server_text;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Status = ConnectionStatus;

class ConnectionClosingTest : public test::ConnectionFixture {
 protected:
  void close(DisconnectKind kind = DisconnectKind::kRequested) {
    connection->close({.kind = kind, .detail = "ours"}, now);
  }

  static auto only_close_frame(std::uint16_t code, std::string_view text = {}) {
    return ElementsAre(ClientFrame{Opcode::kClose, close_payload(code, text)});
  }

  /// The connection is over at `after` from now and not a nanosecond before.
  void expect_closed_after(Duration after) {
    advance(after - 1ns);
    EXPECT_EQ(status(), Status::kClosing);
    advance(1ns);
    EXPECT_EQ(status(), Status::kClosed);
  }
};

TEST_F(ConnectionClosingTest, GivesUpAtOnceWhatIsNoWebSocketYet) {
  for (const Status from : {Status::kPreparing, Status::kDialing, Status::kUpgrading}) {
    make();
    go_to(from);
    (void)take_bytes();

    close();

    EXPECT_EQ(status(), Status::kClosed) << to_string(from);
    EXPECT_EQ(reason().detail, "ours");
    EXPECT_EQ(take_bytes(), "");
  }
}

TEST_F(ConnectionClosingTest, BeginsTheHandshakeOnAWebSocket) {
  for (const Status from : {Status::kGreeting, Status::kOpen}) {
    make();
    go_to(from);

    close();

    EXPECT_EQ(status(), Status::kClosing) << to_string(from);
    EXPECT_THAT(take_frames(), only_close_frame(1000));
    EXPECT_EQ(connection->next_deadline(), now + 5s);
  }
}

TEST_F(ConnectionClosingTest, GoesAwayWhenItIsStopped) {
  go_to(Status::kOpen);

  close(DisconnectKind::kStopped);

  EXPECT_THAT(take_frames(), only_close_frame(1001));
}

TEST_F(ConnectionClosingTest, KeepsTheFirstReason) {
  go_to(Status::kOpen);
  close();
  (void)take_frames();

  close(DisconnectKind::kStopped);
  connection->abort({.kind = DisconnectKind::kStopped});

  EXPECT_EQ(reason().kind, DisconnectKind::kRequested);
  EXPECT_EQ(take_bytes(), "");
}

TEST_F(ConnectionClosingTest, WaitsForASilentServerForTheCloseTimeout) {
  go_to(Status::kClosing);

  expect_closed_after(5s);

  EXPECT_EQ(reason().kind, DisconnectKind::kRequested);
  EXPECT_EQ(connection->next_deadline(), std::nullopt);
}

TEST_F(ConnectionClosingTest, LeavesTheEndOfTcpToTheServerThatHasAnswered) {
  go_to(Status::kClosing);
  advance(1s);

  receive(server_close(1000));
  EXPECT_EQ(status(), Status::kClosing);
  end_transport();

  EXPECT_EQ(status(), Status::kClosed);
  EXPECT_EQ(reason().kind, DisconnectKind::kRequested);
}

TEST_F(ConnectionClosingTest, LingersForAServerThatAnswersAndDoesNotEndTcp) {
  go_to(Status::kClosing);
  advance(1s);

  receive(server_close(1000));

  expect_closed_after(1s);
}

TEST_F(ConnectionClosingTest, IsNotHeldOpenPastTheCloseTimeoutByALateAnswer) {
  go_to(Status::kClosing);
  advance(5s - 1ms);

  receive(server_close(1000));

  expect_closed_after(1ms);
}

TEST_F(ConnectionClosingTest, EndsWithTheTransportOfAServerThatDoesNotAnswer) {
  go_to(Status::kClosing);

  end_transport();

  EXPECT_EQ(status(), Status::kClosed);
  EXPECT_EQ(reason().kind, DisconnectKind::kRequested);
}

TEST_F(ConnectionClosingTest, DeliversWhatArrivesBeforeTheAnswer) {
  go_to(Status::kClosing);

  receive(server_text("late") + server_close(1000) + server_text("too late"));

  EXPECT_THAT(messages, ElementsAre("text: late"));
  EXPECT_EQ(connection->traffic().messages_received, 1U);
}

TEST_F(ConnectionClosingTest, SendsNothingBehindItsCloseFrame) {
  go_to(Status::kOpen);
  close();
  (void)take_frames();

  receive(server_frame(Opcode::kPing, "anyone?"));
  const auto sent = connection->send(OutgoingMessage::text("more"));

  EXPECT_EQ(sent.error().code, Errc::kNotConnected);
  EXPECT_EQ(take_bytes(), "");
}

TEST_F(ConnectionClosingTest, LingersAfterAProtocolErrorInTheAnswerAndSaysNothingMore) {
  go_to(Status::kClosing);
  (void)take_frames();

  receive(server_frame(Opcode::kClose, "x"));

  EXPECT_EQ(take_bytes(), "");
  EXPECT_EQ(reason().kind, DisconnectKind::kRequested);
  expect_closed_after(1s);
}

TEST_F(ConnectionClosingTest, EchoesTheCodeOfTheServer) {
  go_to(Status::kOpen);

  receive(server_close(4321, "maintenance"));

  EXPECT_EQ(status(), Status::kClosing);
  EXPECT_THAT(take_frames(), only_close_frame(4321));
  EXPECT_EQ(reason().kind, DisconnectKind::kClosedByServer);
  EXPECT_EQ(reason().close_code, 4321);
  EXPECT_EQ(reason().detail, "maintenance");
}

TEST_F(ConnectionClosingTest, EchoesACloseFrameWithoutACodeAsItCame) {
  go_to(Status::kOpen);

  receive(server_close(std::nullopt));

  EXPECT_THAT(take_frames(), ElementsAre(ClientFrame{Opcode::kClose, ""}));
  EXPECT_EQ(reason().kind, DisconnectKind::kClosedByServer);
  EXPECT_EQ(reason().close_code, std::nullopt);
}

TEST_F(ConnectionClosingTest, LingersForTheServerThatClosed) {
  go_to(Status::kOpen);

  receive(server_close(1001));

  expect_closed_after(1s);
}

TEST_F(ConnectionClosingTest, EndsWithTheTransportOfTheServerThatClosed) {
  go_to(Status::kOpen);
  receive(server_close(1001));

  end_transport();

  EXPECT_EQ(status(), Status::kClosed);
  EXPECT_EQ(reason().kind, DisconnectKind::kClosedByServer);
}

TEST_F(ConnectionClosingTest, DeliversWhatCameBeforeTheServersCloseFrameAndNothingBehind) {
  go_to(Status::kOpen);

  receive(server_text("last") + server_close(1001) + server_text("behind") + "\xff\xff");
  receive(server_text("later still"));

  EXPECT_THAT(messages, ElementsAre("text: last"));
  EXPECT_EQ(reason().kind, DisconnectKind::kClosedByServer);
}

TEST_F(ConnectionClosingTest, KeepsTheServersReasonWhenItIsClosedAfterwards) {
  go_to(Status::kOpen);
  receive(server_close(1001));
  (void)take_frames();

  close(DisconnectKind::kStopped);

  EXPECT_EQ(reason().kind, DisconnectKind::kClosedByServer);
  EXPECT_EQ(take_bytes(), "");
}

TEST_F(ConnectionClosingTest, TellsALostTransportAsItWasTold) {
  for (const Status from : {Status::kUpgrading, Status::kGreeting, Status::kOpen}) {
    make();
    go_to(from);

    end_transport();

    EXPECT_EQ(status(), Status::kClosed) << to_string(from);
    EXPECT_EQ(reason().kind, DisconnectKind::kConnectionLost);
    EXPECT_EQ(reason().detail, "end of stream");
  }
}

TEST_F(ConnectionClosingTest, AbortsWithoutAWord) {
  go_to(Status::kOpen);

  connection->abort({.kind = DisconnectKind::kStopped});

  EXPECT_EQ(status(), Status::kClosed);
  EXPECT_EQ(take_bytes(), "");
}

/// What a server may break, and the code that tells it so.
struct Breach {
  const char* name;
  std::string bytes;
  std::uint16_t code;
};

class ConnectionProtocolErrorTest : public ConnectionClosingTest,
                                    public ::testing::WithParamInterface<Breach> {};

TEST_P(ConnectionProtocolErrorTest, SaysWhyAndWaitsForTheEndOfTcpForTheLinger) {
  go_to(Status::kOpen);

  receive(server_text("good") + GetParam().bytes + server_text("bad"));

  EXPECT_THAT(messages, ElementsAre("text: good"));
  EXPECT_EQ(reason().kind, DisconnectKind::kProtocolError);
  EXPECT_THAT(take_frames(), only_close_frame(GetParam().code, reason().detail));
  expect_closed_after(1s);
}

TEST_P(ConnectionProtocolErrorTest, IsJudgedTheSameBeforeTheGreetingIsAnswered) {
  go_to(Status::kUpgrading);

  upgrade(GetParam().bytes);

  EXPECT_EQ(status(), Status::kClosing);
  EXPECT_THAT(take_frames(), only_close_frame(GetParam().code, reason().detail));
}

TEST_P(ConnectionProtocolErrorTest, EndsAtOnceWithTheTransport) {
  go_to(Status::kOpen);
  receive(GetParam().bytes);

  end_transport();

  EXPECT_EQ(status(), Status::kClosed);
  EXPECT_EQ(reason().kind, DisconnectKind::kProtocolError);
}

INSTANTIATE_TEST_SUITE_P(
    All, ConnectionProtocolErrorTest,
    ::testing::Values(Breach{"Masked", "\x81\x81", 1002}, Breach{"ReservedBit", "\xc1", 1002},
                      Breach{"ReservedOpcode", "\x83", 1002},
                      Breach{"FragmentedPing", test::server_fragment(Opcode::kPing, "x"), 1002},
                      Breach{"LoneContinuation", server_frame(Opcode::kContinuation, "x"), 1002},
                      Breach{"HalfACloseCode", server_frame(Opcode::kClose, "x"), 1002},
                      Breach{"ForbiddenCloseCode", server_close(1005), 1002},
                      Breach{"CloseReasonNoUtf8", server_close(1000, "\xff"), 1007},
                      Breach{"TextNoUtf8", server_text("\xff"), 1007},
                      Breach{"TooLarge", server_text(std::string(1001, 'x')), 1009}),
    [](const auto& breach) { return breach.param.name; });

}  // namespace
}  // namespace wsm
