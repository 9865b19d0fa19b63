// Requests that nobody answers in time.

#include <algorithm>
#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/core/subscription/subscription_tracker_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::kA;
using test::kB;
using test::kC;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using SubscriptionTrackerOverdueTest = test::SubscriptionTrackerTest;

TEST_F(SubscriptionTrackerOverdueTest, IsOverdueAtTheInstantAndNotBefore) {
  request({kA, kB}, 1);

  EXPECT_EQ(tracker.next_deadline(), now + 10s);
  EXPECT_THAT(overdue_after(10s - 1ns), IsEmpty());
  EXPECT_THAT(overdue_after(1ns), ElementsAre(kA, kB));
  EXPECT_THAT(overdue_after(1h), IsEmpty()) << "told once";
}

TEST_F(SubscriptionTrackerOverdueTest, WhatIsAskedAgainInVainHasTwiceAsLongEachTimeUpToAMaximum) {
  Duration patience = 10s;
  for (std::uint64_t number = 1; number <= 9; ++number) {
    request({kA}, number);
    EXPECT_THAT(overdue_after(patience - 1ns), IsEmpty());
    EXPECT_THAT(overdue_after(1ns), ElementsAre(kA));
    patience = std::min(2 * patience, Duration{640s});
  }
}

TEST_F(SubscriptionTrackerOverdueTest, ARequestHasThePatienceOfItsMostPatientOne) {
  request({kA}, 1);
  EXPECT_THAT(overdue_after(10s), ElementsAre(kA));

  request({kA, kB}, 2);

  EXPECT_EQ(tracker.next_deadline(), now + 20s);
}

TEST_F(SubscriptionTrackerOverdueTest, AnAnswerAndDataGiveBackTheFirstPatience) {
  request({kA, kC}, 1);
  EXPECT_THAT(overdue_after(10s), ElementsAre(kA, kC));
  request({kA, kC}, 2);
  tracker.handle_data(kA, now);
  EXPECT_THAT(acknowledge(2), IsEmpty());

  request({kA, kB, kC}, 3);

  EXPECT_THAT(overdue_after(10s - 1ns), IsEmpty());
  EXPECT_THAT(overdue_after(1ns), ElementsAre(kB));
}

TEST_F(SubscriptionTrackerOverdueTest, AnOlderRequestDoesNotHideThatAYoungerOneIsOverdue) {
  request({kA}, 1);
  EXPECT_THAT(overdue_after(10s), ElementsAre(kA));
  request({kA}, 2);

  request({kB}, 3);

  EXPECT_THAT(overdue_after(10s), ElementsAre(kB));
  EXPECT_THAT(overdue_after(10s), ElementsAre(kA));
}

TEST_F(SubscriptionTrackerOverdueTest, WhatHasDataIsNotOverdue) {
  request({kA, kB}, 1);
  tracker.handle_data(kA, now);

  EXPECT_THAT(overdue_after(10s), ElementsAre(kB));
}

TEST_F(SubscriptionTrackerOverdueTest, NothingIsAwaitedWhenEachHasHadAnAnswerOfItsOwn) {
  request({kA, kB}, 1);
  const auto answer = [&](SubscriptionId id) {
    return tracker.handle_answer(
        {.role = MessageRole::kAcknowledgement, .subscription = id, .request = 1}, now);
  };
  (void)answer(kA);
  EXPECT_TRUE(tracker.is_awaiting_answers());

  (void)answer(kB);

  EXPECT_FALSE(tracker.is_awaiting_answers());
}

TEST_F(SubscriptionTrackerOverdueTest, NothingIsAwaitedOfWhatHasDataOrHasEnded) {
  request({kA, kB}, 1);
  tracker.handle_data(kA, now);
  tracker.handle_ended(kB);

  EXPECT_FALSE(tracker.is_awaiting_answers());
}

TEST_F(SubscriptionTrackerOverdueTest, UnderstandsAnswersWithoutATimeOutForThem) {
  SubscriptionTracker patient{{}, knowledge};
  const std::vector<SubscriptionId> both{kA, kB};
  patient.handle_requested(both, 3, now);

  EXPECT_FALSE(patient.is_awaiting_answers()) << "nobody waits for them";
  EXPECT_THAT(patient.handle_answer({.role = MessageRole::kRejection, .request = 3}, now),
              ElementsAre(kA, kB));
  patient.handle_requested(both, 4, now);
  EXPECT_THAT(patient.handle_answer({.role = MessageRole::kAcknowledgement, .request = 4}, now),
              IsEmpty());
  EXPECT_EQ(patient.state(kA, now)->status, SubscriptionStatus::kLive);
}

TEST_F(SubscriptionTrackerOverdueTest, WhatHasNoIdIsNeverOverdue) {
  request({kA}, std::nullopt);
  EXPECT_THAT(overdue_after(1h), IsEmpty());
}

}  // namespace
}  // namespace wsm
