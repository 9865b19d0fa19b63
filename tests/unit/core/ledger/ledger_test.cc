#include "unit/core/ledger/ledger_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::Advice;
using test::kId;
using test::kNew;
using test::kOld;
using test::kShard;

class LedgerTest : public test::LedgerFixture {};

TEST_F(LedgerTest, HasNoGapWhereEveryMessageFollows) {
  for (std::uint64_t sequence = 1; sequence <= 5; ++sequence) {
    EXPECT_EQ(take(kOld, sequence), Advice::kDeliver);
  }

  EXPECT_TRUE(out.events.empty());
  EXPECT_EQ(out.counters, Counters{});
}

TEST_F(LedgerTest, WhatBeginsAnewWithoutAWordIsWithheldUntilTheNextSnapshotWhereThatIsAsked) {
  EXPECT_TRUE(ledger->handle_begun_anew(kId, kNew, now));
  make(GapRecovery::kDrop);
  (void)take(kOld, 50);

  EXPECT_FALSE(ledger->handle_begun_anew(kId, kNew, now));

  EXPECT_EQ(take(kOld, 3), Advice::kWithhold);
  EXPECT_EQ(take_snapshot(kOld, 4), Advice::kDeliver);
  const auto closed = events<event::GapClosed>();
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_EQ(closed[0].cause, GapCause::kNumbersRestarted);
  EXPECT_EQ(closed[0].lost, std::nullopt);
}

TEST_F(LedgerTest, WhatBeginsAnewIsNoCopyThoughItsConnectionHasBroughtSome) {
  (void)take(kOld, 50);
  ledger->handle_copy(kId, kNew, {.sequence = 4});

  EXPECT_TRUE(ledger->handle_begun_anew(kId, kNew, now));

  EXPECT_EQ(take_snapshot(kNew, 5), Advice::kDeliver);
}

TEST_F(LedgerTest, FindsAHoleOnALivingConnection) {
  (void)take(kOld, 1);
  now += 2s;

  (void)take(kOld, 5);

  const auto closed = events<event::GapClosed>();
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_EQ(closed[0].cause, GapCause::kSequenceHole);
  EXPECT_EQ(closed[0].subscription.id, kId);
  EXPECT_EQ(closed[0].last_sequence, 1U);
  EXPECT_EQ(closed[0].next_sequence, 5U);
  EXPECT_EQ(closed[0].lost, 3U);
  EXPECT_EQ(closed[0].lasted, 2s);
  EXPECT_EQ(out.counters.gaps, 1U);
  EXPECT_EQ(out.counters.messages_lost, 3U);
}

TEST_F(LedgerTest, CountsWhatAReconnectHasCost) {
  (void)take(kOld, 7);
  now += 1s;
  interrupt(GapCause::kReconnect, kOld);
  now += 3s;

  EXPECT_TRUE(ledger->has_open_gap(kId));
  (void)take(kNew, 10);

  const auto opened = events<event::GapOpened>();
  const auto closed = events<event::GapClosed>();
  ASSERT_EQ(opened.size(), 1U);
  EXPECT_EQ(opened[0].last_sequence, 7U);
  EXPECT_EQ(opened[0].since_data, 1s);
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_EQ(closed[0].cause, GapCause::kReconnect);
  EXPECT_EQ(closed[0].lost, 2U);
  EXPECT_EQ(closed[0].lasted, 4s);
  EXPECT_FALSE(ledger->has_open_gap(kId));
  EXPECT_EQ(ledger->open_gaps(), 0U);
}

TEST_F(LedgerTest, ProvesThatAReconnectHasCostNothing) {
  (void)take(kOld, 7);
  interrupt(GapCause::kReconnect, kOld);

  (void)take(kNew, 8);

  EXPECT_EQ(events<event::GapClosed>().at(0).lost, 0U);
  EXPECT_EQ(out.counters.gaps, 0U);
  EXPECT_EQ(out.counters.messages_lost, 0U);
}

TEST_F(LedgerTest, ClosesWithTheNewestOnceMore) {
  (void)take(kOld, 7);
  interrupt(GapCause::kReconnect, kOld);

  (void)take(kNew, 7);

  EXPECT_EQ(events<event::GapClosed>().at(0).lost, 0U);
  EXPECT_EQ(out.counters.duplicates_removed, 1U);
}

TEST_F(LedgerTest, DoesNotCloseWithWhatTheOldConnectionStillBrings) {
  (void)take(kOld, 7);
  interrupt(GapCause::kReconnect, kOld);

  (void)take(kOld, 8);
  EXPECT_TRUE(ledger->has_open_gap(kId));
  (void)take(kNew, 11);

  const auto closed = events<event::GapClosed>();
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_EQ(closed[0].cause, GapCause::kReconnect);
  EXPECT_EQ(closed[0].last_sequence, 8U);
  EXPECT_EQ(closed[0].lost, 2U);
}

TEST_F(LedgerTest, EndsAStallWithAnyNewMessage) {
  (void)take(kOld, 7);
  interrupt(GapCause::kStall);

  (void)take(kOld, 8);

  EXPECT_EQ(events<event::GapClosed>().at(0).cause, GapCause::kStall);
}

TEST_F(LedgerTest, KeepsTheFirstCause) {
  (void)take(kOld, 7);
  interrupt(GapCause::kStall);
  interrupt(GapCause::kMove, kOld);

  EXPECT_EQ(events<event::GapOpened>().size(), 1U);
  (void)take(kNew, 9);
  EXPECT_EQ(events<event::GapClosed>().at(0).cause, GapCause::kStall);
}

TEST_F(LedgerTest, KnowsNoNumberWhereTheFeedHasNone) {
  (void)ledger->handle_data(kId, kOld, {}, now);
  interrupt(GapCause::kReconnect, kOld);

  (void)ledger->handle_data(kId, kNew, {}, now);

  EXPECT_EQ(events<event::GapClosed>().at(0).lost, std::nullopt);
  EXPECT_EQ(out.counters.gaps, 1U);
  EXPECT_EQ(out.counters.messages_lost, 0U);
}

TEST_F(LedgerTest, TakesOffWhatComesLateOnTheSameConnection) {
  (void)take(kOld, 1);
  (void)take(kOld, 4);
  EXPECT_EQ(out.counters.messages_lost, 2U);

  EXPECT_EQ(take(kOld, 2), Advice::kDeliver);

  EXPECT_EQ(out.counters.messages_lost, 1U);
  EXPECT_EQ(events<event::GapClosed>().at(0).cause, GapCause::kSequenceHole);
  EXPECT_EQ(events<event::MessageLate>().at(0).sequence, 2U);
}

TEST_F(LedgerTest, CountsAsLostWhatAnotherConnectionBringsTooLate) {
  (void)take(kOld, 1);
  (void)take(kNew, 4);

  EXPECT_EQ(take(kOld, 2), Advice::kPastIt);

  EXPECT_EQ(out.counters.messages_lost, 2U);
  EXPECT_EQ(events<event::GapClosed>().at(0).cause, GapCause::kSwitchover);
}

TEST_F(LedgerTest, DeliversOnceWhatTwoConnectionsBring) {
  (void)take(kOld, 1);

  EXPECT_EQ(take(kNew, 1), Advice::kPastIt);
  EXPECT_EQ(take(kNew, 2), Advice::kDeliver);
  EXPECT_EQ(take(kOld, 2), Advice::kPastIt);
  EXPECT_EQ(out.counters.duplicates_removed, 2U);
}

TEST_F(LedgerTest, KnowsTheLastMessageByItsKey) {
  (void)ledger->handle_data(kId, kOld, {.key = 7}, now);

  EXPECT_EQ(ledger->handle_data(kId, kNew, {.key = 7}, now), Advice::kPastIt);
  EXPECT_EQ(ledger->handle_data(kId, kNew, {.key = 8}, now), Advice::kDeliver);
  EXPECT_EQ(ledger->last_delivered(kId).key, 8U);
  EXPECT_EQ(ledger->last_delivered(kId).connection, kNew);
}

TEST_F(LedgerTest, TellsNumbersThatGoBack) {
  (void)take(kOld, 100);

  (void)take(kOld, 1);

  EXPECT_EQ(events<event::GapClosed>().at(0).cause, GapCause::kNumbersRestarted);
  EXPECT_EQ(events<event::GapClosed>().at(0).lost, std::nullopt);
}

TEST_F(LedgerTest, HasNothingToSayOfASnapshotOutOfTheBlue) {
  (void)take(kOld, 100);

  (void)take_snapshot(kOld, 1);

  EXPECT_TRUE(out.events.empty());
}

TEST_F(LedgerTest, CountsWhatASnapshotHasPassedOver) {
  (void)take(kOld, 100);

  EXPECT_EQ(take_snapshot(kOld, 105), Advice::kDeliver);
  (void)take_snapshot(kOld, 106);

  const auto closed = events<event::GapClosed>();
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_EQ(closed[0].cause, GapCause::kSequenceHole);
  EXPECT_EQ(closed[0].lost, 4U);
  EXPECT_EQ(out.counters.messages_lost, 4U);
}

TEST_F(LedgerTest, CountsWhatTheSnapshotOfANewConnectionHasPassedOver) {
  (void)take(kOld, 100);

  (void)take_snapshot(kNew, 105);

  EXPECT_EQ(events<event::GapClosed>().at(0).cause, GapCause::kSwitchover);
  EXPECT_EQ(events<event::GapClosed>().at(0).lost, 4U);
}

TEST_F(LedgerTest, HasNothingToInterruptBeforeTheFirstMessage) {
  interrupt(GapCause::kReconnect, kOld);

  EXPECT_TRUE(out.events.empty());
  EXPECT_EQ(ledger->open_gaps(), 0U);
}

TEST_F(LedgerTest, EndsWithItsSubscription) {
  (void)take(kOld, 1);
  interrupt(GapCause::kReconnect, kOld);

  ledger->end(kId);
  (void)take(kNew, 9);

  EXPECT_EQ(ledger->open_gaps(), 0U);
  EXPECT_TRUE(events<event::GapClosed>().empty());
  ledger->begin(kId);
  (void)take(kNew, 20);
  EXPECT_EQ(out.counters.messages_lost, 0U);
}

TEST_F(LedgerTest, WithholdsFromAHoleUntilASnapshot) {
  make(GapRecovery::kDrop);
  (void)take(kOld, 1);

  EXPECT_EQ(take(kOld, 3), Advice::kWithhold);
  EXPECT_EQ(take(kOld, 4), Advice::kWithhold);
  EXPECT_EQ(take_snapshot(kOld, 6), Advice::kDeliver);
  EXPECT_EQ(take(kOld, 7), Advice::kDeliver);

  EXPECT_EQ(out.counters.messages_dropped, 2U);
  EXPECT_EQ(events<event::GapOpened>().at(0).cause, GapCause::kSequenceHole);
  EXPECT_EQ(events<event::GapClosed>().at(0).lost, 4U);
}

TEST_F(LedgerTest, WithholdsAfterAReconnectThatHasLostSomething) {
  make(GapRecovery::kDrop);
  (void)take(kOld, 1);
  interrupt(GapCause::kReconnect, kOld);

  EXPECT_EQ(take(kNew, 3), Advice::kWithhold);
  EXPECT_EQ(take_snapshot(kNew, 4), Advice::kDeliver);
}

TEST_F(LedgerTest, DoesNotTakeTheBeginningOfAnOverlapForAHole) {
  make(GapRecovery::kDrop);
  (void)take(kOld, 1);

  EXPECT_EQ(take(kNew, 3), Advice::kDeliver);
}

TEST_F(LedgerTest, AsksForRecoveryOnceInAnInterval) {
  make(GapRecovery::kAskAgain);
  (void)take(kOld, 1);

  EXPECT_EQ(take(kOld, 3), Advice::kDeliverAndRecover);
  now += 30s - 1ns;
  EXPECT_EQ(take(kOld, 5), Advice::kDeliver);
  now += 1ns;
  EXPECT_EQ(take(kOld, 7), Advice::kDeliverAndRecover);
}

TEST_F(LedgerTest, AsksForNoRecoveryWhereNothingIsWrongWithTheConnection) {
  make(GapRecovery::kReconnect);
  (void)take(kOld, 1);

  EXPECT_EQ(take(kNew, 3), Advice::kDeliver);
}

TEST(LedgerAdviceTest, HasAWordForEach) {
  EXPECT_EQ(to_string(Advice::kDeliver), "deliver");
  EXPECT_EQ(to_string(Advice::kDeliverAndRecover), "deliver and recover");
  EXPECT_EQ(to_string(Advice::kWithhold), "withhold");
}

}  // namespace
}  // namespace wsm
