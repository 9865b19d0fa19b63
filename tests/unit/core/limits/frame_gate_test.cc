#include "core/limits/frame_gate.h"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr TimePoint kStart{1h};

/// Four common slots and a reserved one in any ten seconds, unless a test says otherwise.
class FrameGateTest : public ::testing::Test {
 protected:
  void push_messages(int count) {
    for (int i = 1; i <= count; ++i) {
      gate.push_message({Opcode::kText, "m" + std::to_string(i)});
    }
  }
  /// The payloads of all that may go.
  std::vector<std::string> take_all(TimePoint now) {
    std::vector<std::string> taken;
    while (auto frame = gate.take(now)) taken.push_back(frame->payload);
    return taken;
  }

  std::optional<FrameGate> made{std::in_place,
                                FrameBudget::Options{.count = 5, .window = 10s, .spacing = {}}};
  FrameGate& gate = *made;
};

TEST_F(FrameGateTest, HasNothingToDoAtFirst) {
  EXPECT_FALSE(gate.take(kStart).has_value());
  EXPECT_EQ(gate.next_slot(), std::nullopt);
}

TEST_F(FrameGateTest, LetsMessagesGoInOrderAndTheRestWhenThereAreSlots) {
  push_messages(6);

  EXPECT_THAT(take_all(kStart), ElementsAre("m1", "m2", "m3", "m4"));
  EXPECT_EQ(gate.next_slot(), kStart + 10s);
  EXPECT_THAT(take_all(kStart + 10s - 1ns), IsEmpty());
  EXPECT_THAT(take_all(kStart + 10s), ElementsAre("m5", "m6"));
  EXPECT_EQ(gate.next_slot(), std::nullopt);
  EXPECT_EQ(gate.bytes(), 0U);
}

TEST_F(FrameGateTest, AnswersAtOnceWhateverManyMessagesWait) {
  push_messages(10);
  (void)take_all(kStart);

  gate.push_pong("answer");

  EXPECT_THAT(take_all(kStart + 1ms), ElementsAre("answer"));
}

TEST_F(FrameGateTest, AnswersOnlyTheLastPingOfAFlood) {
  gate.push_pong("1");
  gate.push_pong("2");

  EXPECT_THAT(take_all(kStart), ElementsAre("2"));
}

TEST_F(FrameGateTest, AFloodOfPingsDoesNotKeepMessagesBack) {
  push_messages(100);
  int messages = 0;
  int pongs = 0;

  for (TimePoint now = kStart; now < kStart + 100s; now += 10ms) {
    gate.push_pong("pong");
    for (const auto& payload : take_all(now)) ++(payload == "pong" ? pongs : messages);
  }

  EXPECT_EQ(messages + pongs, 50);
  EXPECT_GE(messages, 20) << "half of the common slots";
}

TEST_F(FrameGateTest, TakesTurnsWhereFramesAreSpaced) {
  made.emplace(FrameBudget::Options{.count = {}, .window = {}, .spacing = 10ms});
  push_messages(2);
  std::vector<std::string> taken;

  for (TimePoint now = kStart; now < kStart + 40ms; now += 10ms) {
    gate.push_pong("pong");
    for (auto& payload : take_all(now)) taken.push_back(payload);
  }

  EXPECT_THAT(taken, ElementsAre("pong", "m1", "pong", "m2"));
}

TEST_F(FrameGateTest, GrantsAClaimWhenThereIsASlot) {
  gate.queue_claim();
  ASSERT_TRUE(gate.grant_claim(kStart));

  gate.push_request({Opcode::kText, "request"});

  EXPECT_THAT(take_all(kStart), ElementsAre("request"));
}

TEST_F(FrameGateTest, GrantsNoClaimBeforeThereIsASlot) {
  push_messages(4);
  (void)take_all(kStart);

  gate.queue_claim();

  EXPECT_FALSE(gate.grant_claim(kStart + 10s - 1ns));
  EXPECT_EQ(gate.next_slot(), kStart + 10s);
  EXPECT_TRUE(gate.grant_claim(kStart + 10s));
}

TEST_F(FrameGateTest, KeepsTheClaimsPlaceAmongTheMessages) {
  push_messages(5);
  (void)take_all(kStart);
  gate.queue_claim();
  gate.push_message({Opcode::kText, "later"});

  EXPECT_THAT(take_all(kStart + 10s), ElementsAre("m5"));
  ASSERT_TRUE(gate.grant_claim(kStart + 10s));
  gate.push_request({Opcode::kText, "request"});

  EXPECT_THAT(take_all(kStart + 10s), ElementsAre("request", "later"));
}

TEST_F(FrameGateTest, LetsMessagesGoOnWhenTheClaimIsWithdrawn) {
  gate.queue_claim();
  push_messages(1);
  ASSERT_THAT(take_all(kStart), IsEmpty());

  gate.withdraw_claim();

  EXPECT_THAT(take_all(kStart), ElementsAre("m1"));
}

TEST_F(FrameGateTest, KeepsASlotForNoLongerThanTheInstant) {
  gate.queue_claim();
  ASSERT_TRUE(gate.grant_claim(kStart));
  push_messages(1);

  EXPECT_THAT(take_all(kStart), IsEmpty());
  EXPECT_EQ(gate.next_slot(), kStart + 1ns);
  EXPECT_THAT(take_all(kStart + 1ns), ElementsAre("m1"));
}

TEST_F(FrameGateTest, ClosesBehindTheMessages) {
  push_messages(5);
  gate.push_pong("pong");
  gate.push_close("close");

  EXPECT_THAT(take_all(kStart), ElementsAre("m1", "m2", "m3", "m4"));
  EXPECT_THAT(take_all(kStart + 10s), ElementsAre("m5", "close"));
}

TEST_F(FrameGateTest, ClosesAtOnceWhenTheMessagesAreOfNoUse) {
  push_messages(9);
  (void)take_all(kStart);
  gate.drop_messages();

  gate.push_close("close");

  EXPECT_THAT(take_all(kStart), ElementsAre("close"));
  EXPECT_EQ(gate.next_slot(), std::nullopt);
}

TEST_F(FrameGateTest, SendsAPingBeforeAPong) {
  gate.push_pong("pong");
  gate.push_ping({Opcode::kPing, "ping"});

  EXPECT_THAT(take_all(kStart), ElementsAre("ping", "pong"));
}

/// Its maker may come later than the slot.
TEST_F(FrameGateTest, KeepsTheNextSlotForAPingThatIsExpected) {
  made.emplace(FrameBudget::Options{.count = 2, .window = 1s, .spacing = {}});
  push_messages(4);
  (void)take_all(kStart);
  gate.expect_ping();

  EXPECT_THAT(take_all(kStart + 1s), IsEmpty());
  gate.push_ping({Opcode::kPing, "ping"});
  gate.withdraw_ping();
  EXPECT_THAT(take_all(kStart + 1s), ElementsAre("ping", "m3"));
}

TEST_F(FrameGateTest, GrantsNoClaimInThePlaceOfAPingThatIsExpected) {
  gate.queue_claim();
  gate.expect_ping();
  EXPECT_FALSE(gate.grant_claim(kStart));

  gate.withdraw_ping();

  EXPECT_TRUE(gate.grant_claim(kStart));
}

TEST_F(FrameGateTest, AnswersBeforeAnythingElseInAWindowWithoutAReserve) {
  made.emplace(FrameBudget::Options{.count = 2, .window = 1s, .spacing = {}});
  push_messages(10);
  (void)take_all(kStart);
  gate.push_pong("answer");

  EXPECT_EQ(gate.next_slot(), kStart + 1s);
  EXPECT_THAT(take_all(kStart + 1s), ElementsAre("answer", "m3"));
}

}  // namespace
}  // namespace wsm
