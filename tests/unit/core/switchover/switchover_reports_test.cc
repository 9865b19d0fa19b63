#include "core/switchover/switchover_reports.h"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Generation kFirst{1};
constexpr Generation kSecond{2};
constexpr Generation kThird{3};
constexpr ShardId kShard{4};
constexpr SubscriptionId kOne{1};
constexpr SubscriptionId kTwo{2};

constexpr Switchover::Verdict kPromoted{Switchover::Decision::kPromote,
                                        SwitchoverOutcome::kUnproven,
                                        SwitchoverTrigger::kAge,
                                        {.opening = 1s, .subscribing = 2s, .proving = 3s}};
constexpr Switchover::Verdict kAbandoned{
    Switchover::Decision::kAbandon, SwitchoverOutcome::kAbandoned, SwitchoverTrigger::kAge, {}};

class SwitchoverReportsTest : public ::testing::Test {
 protected:
  TimePoint now{1h};
  SwitchoverReports reports;
};

TEST_F(SwitchoverReportsTest, WaitsForTheEndOfTheOneThatGoes) {
  reports.begin(kFirst, kSecond);
  reports.handle_fate(kFirst, JoinFate::kDrop);
  reports.handle_fate(kSecond, JoinFate::kHold);
  reports.handle_fate(kSecond, JoinFate::kDeliver);
  reports.conclude(kPromoted, kShard, 7, {{kOne}}, now);
  reports.handle_fate(kFirst, JoinFate::kDrop);

  EXPECT_FALSE(reports.take(kSecond, now)) << "it stays";
  const auto report = reports.take(kFirst, now + 4s);

  ASSERT_TRUE(report);
  EXPECT_EQ(report->shard, kShard);
  EXPECT_EQ(report->outcome, SwitchoverOutcome::kUnproven);
  EXPECT_EQ(report->proven, 7U);
  EXPECT_THAT(report->unproven, ElementsAre(SubscriptionName{kOne}));
  EXPECT_EQ(report->duplicates_removed, 2U);
  EXPECT_EQ(report->messages_held, 1U);
  EXPECT_EQ(report->opening, 1s);
  EXPECT_EQ(report->subscribing, 2s);
  EXPECT_EQ(report->proving, 3s);
  EXPECT_EQ(report->draining, 4s);
  EXPECT_TRUE(reports.empty());
}

TEST_F(SwitchoverReportsTest, OfOneThatIsAbandonedTheNewConnectionGoes) {
  reports.begin(kFirst, kSecond);
  reports.conclude(kAbandoned, kShard, 0, {}, now);

  EXPECT_FALSE(reports.take(kFirst, now));
  EXPECT_TRUE(reports.take(kSecond, now));
}

TEST_F(SwitchoverReportsTest, ASecondOneMayBeginWhileTheFirstDrains) {
  reports.begin(kFirst, kSecond);
  reports.conclude(kPromoted, kShard, 1, {}, now);
  reports.begin(kSecond, kThird);
  reports.handle_fate(kThird, JoinFate::kDrop);
  reports.handle_interrupted(kTwo, kSecond);
  reports.conclude(kPromoted, kShard, 2, {}, now);

  const auto second = reports.take(kSecond, now);
  const auto first = reports.take(kFirst, now);

  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->proven, 1U);
  EXPECT_EQ(first->duplicates_removed, 0U);
  EXPECT_THAT(first->interrupted, IsEmpty());
  EXPECT_EQ(second->proven, 2U);
  EXPECT_EQ(second->duplicates_removed, 1U);
  EXPECT_THAT(second->interrupted, ElementsAre(SubscriptionName{kTwo}));
}

TEST_F(SwitchoverReportsTest, ALineThatConcernsTwoCountsForTheLater) {
  reports.begin(kFirst, kSecond);
  reports.conclude(kPromoted, kShard, 1, {}, now);
  reports.begin(kSecond, kThird);

  reports.handle_fate(kSecond, JoinFate::kDrop);

  reports.conclude(kPromoted, kShard, 1, {}, now);
  EXPECT_EQ(reports.take(kFirst, now)->duplicates_removed, 0U);
  EXPECT_EQ(reports.take(kSecond, now)->duplicates_removed, 1U);
}

TEST_F(SwitchoverReportsTest, SumsUpWhatWasLostAndNamesIt) {
  reports.begin(kFirst, kSecond);
  reports.handle_interrupted(kOne, kFirst);
  reports.handle_lost(kOne, 3);
  reports.handle_lost(kTwo, 2);
  reports.handle_lost(kTwo, -1);  // One came late.
  reports.conclude(kPromoted, kShard, 1, {}, now);

  const auto report = reports.take(kFirst, now);

  EXPECT_EQ(report->messages_lost, 4U);
  EXPECT_THAT(report->interrupted, ElementsAre(SubscriptionName{kOne}, SubscriptionName{kTwo}));
}

TEST_F(SwitchoverReportsTest, WhatWasLostBeforeAndComesLateTakesNothingOff) {
  reports.begin(kFirst, kSecond);
  reports.handle_lost(kOne, -1);
  reports.conclude(kPromoted, kShard, 1, {}, now);

  EXPECT_EQ(reports.take(kFirst, now)->messages_lost, 0U);
}

TEST_F(SwitchoverReportsTest, WhatBefallsTheNewConnectionAfterwardsIsNoPartOfIt) {
  reports.begin(kFirst, kSecond);
  reports.conclude(kPromoted, kShard, 1, {}, now);
  reports.handle_interrupted(kOne, kSecond);
  reports.handle_interrupted(kTwo, kFirst);  // It was not asked of the new one.

  EXPECT_THAT(reports.take(kFirst, now)->interrupted, ElementsAre(SubscriptionName{kTwo}));
}

TEST_F(SwitchoverReportsTest, WhatNobodyWantsAnyMoreHasNoName) {
  reports.begin(kFirst, kSecond);
  reports.handle_interrupted(kOne, {});
  reports.conclude(kPromoted, kShard, 0, {{kOne}, {kTwo}}, now);

  reports.forget(kOne);

  const auto report = reports.take(kFirst, now);
  EXPECT_THAT(report->unproven, ElementsAre(SubscriptionName{kTwo}));
  EXPECT_THAT(report->interrupted, IsEmpty());
}

TEST_F(SwitchoverReportsTest, CountsNothingOfConnectionsThatHaveNoPartInIt) {
  reports.begin(kFirst, kSecond);
  reports.handle_fate(kThird, JoinFate::kDrop);
  reports.conclude(kPromoted, kShard, 0, {}, now);

  EXPECT_EQ(reports.take(kFirst, now)->duplicates_removed, 0U);
}

}  // namespace
}  // namespace wsm
