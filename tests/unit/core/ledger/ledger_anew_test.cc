// Servers that count anew and do not say so.

#include "unit/core/ledger/ledger_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::Advice;
using test::kId;
using test::kNew;
using test::kOld;
using test::kShard;

class LedgerAnewTest : public test::LedgerFixture {};

TEST_F(LedgerAnewTest, FindsOutThatAServerCountsAnewAfterAReconnect) {
  (void)take(kOld, 1'000'000);
  interrupt(GapCause::kReconnect, kOld);
  for (std::uint64_t sequence = 1; sequence <= 5; ++sequence) {
    EXPECT_EQ(take(kNew, sequence), Advice::kPastIt);
    now += 1s;
  }

  EXPECT_EQ(take(kNew, 6), Advice::kDeliver);
  EXPECT_EQ(take(kNew, 7), Advice::kDeliver);

  const auto closed = events<event::GapClosed>();
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_EQ(closed[0].last_sequence, 1'000'000U);
  EXPECT_EQ(closed[0].next_sequence, 6U);
  EXPECT_EQ(closed[0].lost, std::nullopt);
  EXPECT_EQ(out.counters.messages_lost, 0U);
}

TEST_F(LedgerAnewTest, TakesANewBeginningThatNoGapExplainsForOne) {
  (void)take(kOld, 100);
  for (std::uint64_t sequence = 1; sequence <= 4; ++sequence) (void)take(kNew, sequence);
  now += 5s;

  EXPECT_EQ(take(kNew, 5), Advice::kDeliver);

  const auto closed = events<event::GapClosed>();
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_EQ(closed[0].cause, GapCause::kNumbersRestarted);
}

TEST_F(LedgerAnewTest, TakesTheNewestOnceMoreForNoNewBeginning) {
  (void)take(kOld, 7);
  (void)take(kNew, 6);
  now += 3s;
  (void)take(kNew, 7);
  now += 3s;

  EXPECT_EQ(take(kNew, 7), Advice::kPastIt);
  EXPECT_EQ(take(kNew, 8), Advice::kDeliver);
  EXPECT_TRUE(out.events.empty());
}

TEST_F(LedgerAnewTest, ConcludesNothingFromTheTimeInWhichNothingWasRead) {
  (void)take(kOld, 100);
  for (std::uint64_t sequence = 1; sequence <= 4; ++sequence) (void)take(kNew, sequence);
  now += 1s;
  ledger->pause(now);
  now += 1h;
  EXPECT_EQ(take(kNew, 5), Advice::kPastIt);  // Of the reserve.
  ledger->resume(now);
  now += 3s;
  EXPECT_EQ(take(kNew, 6), Advice::kPastIt);
  now += 1s;

  EXPECT_EQ(take(kNew, 7), Advice::kDeliver);
}

TEST_F(LedgerAnewTest, TakesTheRepetitionsOfOneConnectionAfterTheOtherForNothingElse) {
  (void)take(kOld, 100);
  constexpr ConnectionId kThird{kShard, Generation{3}};
  for (std::uint64_t sequence = 93; sequence <= 98; ++sequence) (void)take(kNew, sequence);
  now += 10s;

  EXPECT_EQ(take(kThird, 98), Advice::kPastIt);
  EXPECT_EQ(take(kThird, 99), Advice::kPastIt);
  EXPECT_EQ(take(kThird, 100), Advice::kPastIt);
  EXPECT_EQ(take(kThird, 101), Advice::kDeliver);
  EXPECT_TRUE(out.events.empty());
}

TEST_F(LedgerAnewTest, TakesTheFewThatAQuietFeedRepeatsForNoNewBeginning) {
  (void)take(kOld, 100);
  for (std::uint64_t sequence = 96; sequence <= 100; ++sequence) {
    EXPECT_EQ(take(kNew, sequence), Advice::kPastIt);
    now += 1min;
  }
  EXPECT_EQ(take(kNew, 101), Advice::kDeliver);
  EXPECT_TRUE(out.events.empty());
}

TEST_F(LedgerAnewTest, FindsANewBeginningAmongMessagesWithoutNumbers) {
  (void)take(kOld, 100);
  for (std::uint64_t sequence = 1; sequence <= 5; ++sequence) {
    (void)take(kNew, sequence);
    (void)ledger->handle_data(kId, kOld, {}, now);
    now += 1s;
  }

  EXPECT_EQ(take(kNew, 6), Advice::kDeliver);
}

/// Whoever is first brings each of them.
TEST_F(LedgerAnewTest, FindsANewBeginningThatSeveralConnectionsBringByTurns) {
  constexpr ConnectionId kThird{ShardId{1}, Generation{1}};
  (void)take(kOld, 100);
  for (std::uint64_t sequence = 1; sequence <= 5; ++sequence) {
    EXPECT_EQ(take(sequence % 2 == 0 ? kNew : kThird, sequence), Advice::kPastIt);
    now += 1s;
  }

  EXPECT_EQ(take(kNew, 6), Advice::kDeliver);
}

TEST_F(LedgerAnewTest, WithholdsWhatBeginsAnewWithoutASnapshot) {
  make(GapRecovery::kDrop);
  (void)take(kOld, 100);
  for (std::uint64_t sequence = 1; sequence <= 4; ++sequence) (void)take(kNew, sequence);
  now += 5s;

  EXPECT_EQ(take(kNew, 5), Advice::kWithhold);
  EXPECT_EQ(take_snapshot(kNew, 6), Advice::kDeliver);
}

/// Whoever brings it: the others have brought low numbers as well, as copies.
TEST_F(LedgerAnewTest, AnySnapshotEndsWhatABeginningHasWithheld) {
  make(GapRecovery::kDrop);
  constexpr ConnectionId kThird{ShardId{1}, Generation{1}};
  (void)take(kOld, 1'000);
  for (std::uint64_t sequence = 1; sequence <= 20; ++sequence)
    ledger->handle_copy(kId, kThird, {.sequence = sequence});
  ASSERT_FALSE(ledger->handle_begun_anew(kId, kNew, now));

  EXPECT_EQ(take_snapshot(kThird, 21), Advice::kDeliver);
}

/// On a new connection, an update that came before it says nothing.
TEST_F(LedgerAnewTest, TakesASnapshotBehindAnUpdateForANewBeginning) {
  (void)take(kOld, 1'000);
  EXPECT_EQ(take(kNew, 1), Advice::kPastIt);

  EXPECT_EQ(take_snapshot(kNew, 2), Advice::kDeliver);
  EXPECT_EQ(take(kNew, 3), Advice::kDeliver);
}

TEST_F(LedgerAnewTest, FindsANewBeginningThatTwoBringAtTheSameTime) {
  constexpr ConnectionId kThird{ShardId{1}, Generation{1}};
  (void)take(kOld, 100);
  for (std::uint64_t sequence = 1; sequence <= 5; ++sequence) {
    (void)take(kNew, sequence);
    (void)take(kThird, sequence);
    now += 10s;
  }

  EXPECT_EQ(take(kNew, 6), Advice::kDeliver);
}

TEST_F(LedgerAnewTest, AsksForASnapshotOfWhatBeginsAnew) {
  make(GapRecovery::kAskAgain);
  (void)take(kOld, 100);
  for (std::uint64_t sequence = 1; sequence <= 4; ++sequence) (void)take(kNew, sequence);
  now += 5s;

  EXPECT_EQ(take(kNew, 5), Advice::kDeliverAndRecover);
}

}  // namespace
}  // namespace wsm
