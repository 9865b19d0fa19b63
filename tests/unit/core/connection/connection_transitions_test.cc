// All short sequences of inputs: only moves of the table, all of them, and no way to hang.

#include <array>
#include <chrono>
#include <set>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/core/connection/connection_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::server_close;
using test::server_frame;
using test::server_text;

using Status = ConnectionStatus;
using Moves = std::set<std::pair<Status, Status>>;

class ConnectionTransitionsTest : public test::ConnectionFixture {
 protected:
  using Input = void (ConnectionTransitionsTest::*)();

  // What can happen to a connection, whether or not it fits its status.
  void be_prepared() { prepare(); }
  void be_badly_prepared() { prepare({.url = "nonsense"}); }
  void be_dialed() { dial(); }
  void be_accepted() {
    if (status() == Status::kUpgrading) receive(test::upgrade_response("key-1"));
  }
  void be_refused() {
    if (status() == Status::kUpgrading) receive("HTTP/1.1 403 Forbidden\r\n\r\n");
  }
  void be_greeted() { greet({OutgoingMessage::text("hello")}); }
  void be_greeted_badly() { greet({OutgoingMessage::text("\xff")}); }
  void get_close_frame() {
    if (is_web_socket()) receive(server_close(1000));
  }
  void get_garbage() {
    if (is_web_socket()) receive("\xff");
  }
  void get_ping() {
    if (is_web_socket()) receive(server_frame(Opcode::kPing, "?"));
  }
  void be_closed() { connection->close({.kind = DisconnectKind::kRequested}, now); }
  void lose_transport() { end_transport(); }
  void wait() { advance(1h); }

  static constexpr std::array kInputs = {&ConnectionTransitionsTest::be_prepared,
                                         &ConnectionTransitionsTest::be_badly_prepared,
                                         &ConnectionTransitionsTest::be_dialed,
                                         &ConnectionTransitionsTest::be_accepted,
                                         &ConnectionTransitionsTest::be_refused,
                                         &ConnectionTransitionsTest::be_greeted,
                                         &ConnectionTransitionsTest::be_greeted_badly,
                                         &ConnectionTransitionsTest::get_close_frame,
                                         &ConnectionTransitionsTest::get_garbage,
                                         &ConnectionTransitionsTest::get_ping,
                                         &ConnectionTransitionsTest::be_closed,
                                         &ConnectionTransitionsTest::lose_transport,
                                         &ConnectionTransitionsTest::wait};

  bool is_web_socket() const { return status() > Status::kUpgrading && !connection->is_closed(); }

  void check() {
    const bool is_ending = status() == Status::kClosing || status() == Status::kClosed;
    EXPECT_EQ(connection->reason().has_value(), is_ending);
    EXPECT_EQ(connection->next_deadline().has_value(),
              status() != Status::kOpen && status() != Status::kClosed);
  }

  /// Lets the inputs that `number` stands for, in base kInputs.size(), happen to a new connection.
  void play(std::size_t number, int length, Moves& moves) {
    make();
    for (int i = 0; i < length; ++i, number /= kInputs.size()) {
      const Status before = status();
      (this->*kInputs[number % kInputs.size()])();
      if (status() != before) moves.emplace(before, status());
      check();
    }
  }
};

TEST_F(ConnectionTransitionsTest, EverySequenceKeepsToTheTable) {
  constexpr int kLength = 4;
  const std::size_t count = kInputs.size() * kInputs.size() * kInputs.size() * kInputs.size();

  Moves moves;
  for (std::size_t number = 0; number < count && !HasFailure(); ++number) {
    play(number, kLength, moves);
  }

  for (const auto& [from, to] : moves) {
    EXPECT_TRUE(is_legal(from, to)) << to_string(from) << " to " << to_string(to);
  }
}

TEST_F(ConnectionTransitionsTest, EveryRowOfTheTableIsReached) {
  Moves moves;
  for (const auto& row : kConnectionTransitions) {
    for (const Input input : kInputs) {
      make();
      go_to(row.from);
      (this->*input)();
      if (status() != row.from) moves.emplace(row.from, status());
    }
  }

  Moves table;
  for (const auto& row : kConnectionTransitions) table.emplace(row.from, row.to);
  EXPECT_EQ(moves, table);
}

TEST_F(ConnectionTransitionsTest, LateAnswersDoNothing) {
  for (const Status end : {Status::kOpen, Status::kClosing, Status::kClosed}) {
    make();
    go_to(end);
    (void)take_frames();

    prepare();
    dial();
    greet({OutgoingMessage::text("late")});

    EXPECT_EQ(status(), end);
    EXPECT_EQ(take_bytes(), "") << to_string(end);
    EXPECT_THAT(take_actions(), ::testing::IsEmpty());
    EXPECT_EQ(entropy.handshakes(), 1U);
  }
}

TEST_F(ConnectionTransitionsTest, SendsOnlyOnAWebSocketThatIsNotClosing) {
  for (const Status from : {Status::kPreparing, Status::kDialing, Status::kUpgrading,
                            Status::kGreeting, Status::kOpen, Status::kClosing, Status::kClosed}) {
    make();
    go_to(from);

    const auto sent = connection->send(OutgoingMessage::text("x"));

    const bool is_possible = from == Status::kGreeting || from == Status::kOpen;
    EXPECT_EQ(sent.has_value(), is_possible) << to_string(from);
    if (!sent) {
      EXPECT_EQ(sent.error().code, Errc::kNotConnected);
    }
  }
}

TEST_F(ConnectionTransitionsTest, EveryStatusHasAWord) {
  std::set<std::string_view> words;
  for (const auto& row : kConnectionTransitions) {
    words.insert(to_string(row.from));
    words.insert(to_string(row.to));
  }
  EXPECT_EQ(words.size(), 7U);
  EXPECT_FALSE(words.contains("unknown"));
}

}  // namespace
}  // namespace wsm
