#include "core/subscription/learned_interval.h"

#include <chrono>

#include <gtest/gtest.h>

namespace wsm {
namespace {

using namespace std::chrono_literals;

class LearnedIntervalTest : public ::testing::Test {
 protected:
  void add(Duration length, int times = 1) {
    for (int i = 0; i < times; ++i) interval.add(length, limits);
  }
  Duration timeout() const { return interval.timeout(limits).value_or(Duration{-1}); }

  SilenceLimits limits{.longest = std::nullopt, .intervals = 10};
  LearnedInterval interval;
};

TEST_F(LearnedIntervalTest, SaysNothingBeforeItHasSeenEnough) {
  add(1min, 7);
  EXPECT_EQ(interval.timeout(limits), std::nullopt);

  add(1min);
  EXPECT_EQ(interval.timeout(limits), 10min);
}

TEST_F(LearnedIntervalTest, UntilThenTheFixedTimeoutCounts) {
  limits.longest = 30s;
  add(100ms, 7);
  EXPECT_EQ(interval.timeout(limits), 30s);

  add(100ms);
  EXPECT_EQ(interval.timeout(limits), 1s);
}

TEST_F(LearnedIntervalTest, NeverExceedsTheFixedTimeout) {
  add(1min, 8);

  limits.longest = 10min - 1ns;
  EXPECT_EQ(interval.timeout(limits), 10min - 1ns);
  limits.longest = 10min + 1ns;
  EXPECT_EQ(interval.timeout(limits), 10min);
}

TEST_F(LearnedIntervalTest, IsNeverShorterThanASecond) {
  add(100ms - 1ns, 8);
  EXPECT_EQ(timeout(), 1s);

  LearnedInterval longer;
  for (int i = 0; i < 8; ++i) longer.add(100ms + 1us, limits);
  EXPECT_EQ(longer.timeout(limits), 1s + 10us);
}

TEST_F(LearnedIntervalTest, TheFixedTimeoutMayBeShorterThanASecond) {
  limits.longest = 300ms;
  add(10ms, 8);

  EXPECT_EQ(timeout(), 300ms);
}

TEST_F(LearnedIntervalTest, LearnsNothingWhereItIsNotToldTo) {
  limits = {.longest = 30s, .intervals = std::nullopt};
  add(10ms, 100);

  EXPECT_EQ(timeout(), 30s);
}

TEST_F(LearnedIntervalTest, BurstsDoNotMakeItNervous) {
  add(1min, 8);

  add(100us, 1000);

  EXPECT_GT(timeout(), 9min);
}

TEST_F(LearnedIntervalTest, MessagesAtOneInstantTeachNothing) {
  add(0s, 100);
  add(1min, 20);

  EXPECT_EQ(timeout(), 10min);
}

TEST_F(LearnedIntervalTest, AFeedThatBecomesFasterIsLearnedInAFewOfItsOldIntervals) {
  add(1min, 20);

  add(1s, 60 * 30);

  EXPECT_LT(timeout(), 11s);
}

TEST_F(LearnedIntervalTest, AFeedThatBecomesSlowerIsLearnedWithinAFewAlarms) {
  add(10ms, 100);

  int alarms = 0;
  for (int i = 0; i < 100; ++i) {
    if (timeout() <= 1min) ++alarms;
    add(1min);
  }

  EXPECT_LE(alarms, 8);
  EXPECT_GT(timeout(), 9min);
}

TEST_F(LearnedIntervalTest, WhatAFaultTeachesIsSoonForgotten) {
  add(1s, 100);
  ASSERT_EQ(timeout(), 10s);

  add(3h);
  EXPECT_LE(timeout(), 20s);
  add(1s, 60);

  EXPECT_LE(timeout(), 11s);
}

TEST_F(LearnedIntervalTest, TheLongestIntervalsDoNotOverflow) {
  limits.intervals = 4'000'000'000U;
  add(std::chrono::hours{24 * 365}, 20);

  EXPECT_EQ(timeout(), std::chrono::hours{24 * 365});
}

TEST(LearnedIntervalsTest, KeepEachSubscriptionApartAndForgetWhatHasEnded) {
  const SilenceLimits limits{.longest = std::nullopt, .intervals = 10};
  LearnedIntervals learned;
  for (int i = 0; i < 8; ++i) learned.of(SubscriptionId{3}).add(1min, limits);

  EXPECT_EQ(learned.of(SubscriptionId{3}).timeout(limits), 10min);
  EXPECT_EQ(learned.of(SubscriptionId{2}).timeout(limits), std::nullopt);
  learned.forget(SubscriptionId{3});
  EXPECT_EQ(learned.of(SubscriptionId{3}).timeout(limits), std::nullopt);
}

}  // namespace
}  // namespace wsm
