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

TEST_F(SubscriptionTrackerOverdueTest, WhatHasNoIdIsNeverOverdue) {
  request({kA}, std::nullopt);
  EXPECT_THAT(overdue_after(1h), IsEmpty());
}

}  // namespace
}  // namespace wsm
