#include "core/subscription/subscription_tracker.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/core/subscription/subscription_tracker_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::kA;
using test::kB;
using test::kC;
using test::SubscriptionTrackerTest;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Status = SubscriptionStatus;

TEST_F(SubscriptionTrackerTest, KnowsWhatHasBeenRequested) {
  request({kA}, 1);
  now += 3s;

  EXPECT_EQ(status(kA), Status::kRequested);
  EXPECT_EQ(tracker.state(kA, now)->since, 3s);
  EXPECT_EQ(status(kB), std::nullopt);
}

TEST_F(SubscriptionTrackerTest, TakesAnAcknowledgementByTheIdOfItsRequest) {
  request({kA, kB}, 1);
  request({kC}, 2);

  EXPECT_THAT(acknowledge(1), IsEmpty());

  EXPECT_EQ(status(kA), Status::kLive);
  EXPECT_EQ(status(kB), Status::kLive);
  EXPECT_EQ(status(kC), Status::kRequested);
}

TEST_F(SubscriptionTrackerTest, TakesAnAcknowledgementOfOneSubscription) {
  request({kA, kB}, std::nullopt);

  (void)tracker.handle_answer({.role = MessageRole::kAcknowledgement, .subscription = kB}, now);

  EXPECT_EQ(status(kA), Status::kRequested);
  EXPECT_EQ(status(kB), Status::kLive);
}

TEST_F(SubscriptionTrackerTest, TakesTheFirstDataForAnAcknowledgement) {
  request({kA}, std::nullopt);
  now += 2s;

  tracker.handle_data(kA, now);

  EXPECT_EQ(status(kA), Status::kLive);
}

TEST_F(SubscriptionTrackerTest, NamesWhatARequestWasRefused) {
  request({kA, kB}, 1);

  EXPECT_THAT(acknowledge(1, {kB}), ElementsAre(kB));
  EXPECT_EQ(status(kA), Status::kLive);
  EXPECT_EQ(status(kB), std::nullopt);
}

TEST_F(SubscriptionTrackerTest, ARejectedRequestRefusesAllOfIt) {
  request({kA, kB}, 1);

  EXPECT_THAT(reject(1), ElementsAre(kA, kB));
}

TEST_F(SubscriptionTrackerTest, ARejectedItemLeavesTheRestAwaited) {
  request({kA, kB}, 1);

  EXPECT_THAT(reject(std::nullopt, kA), ElementsAre(kA));
  EXPECT_EQ(status(kB), Status::kRequested);
  EXPECT_THAT(overdue_after(10s), ElementsAre(kB));
}

TEST_F(SubscriptionTrackerTest, AnAnswerToAnOlderRequestChangesNothing) {
  request({kA}, 1);
  tracker.handle_ended(kA);
  request({kA}, 2);

  EXPECT_THAT(reject(1), IsEmpty());
  EXPECT_EQ(status(kA), Status::kRequested);
  EXPECT_THAT(acknowledge(7), IsEmpty()) << "nobody has asked that";
}

TEST_F(SubscriptionTrackerTest, FindsTheSilentOneAmongTheLiveOnes) {
  request({kA, kB}, std::nullopt);
  for (int second = 0; second < 30; ++second) {
    now += 1s;
    tracker.handle_data(kA, now);
  }

  EXPECT_THAT(silent_after(0s), ElementsAre(kB));
  EXPECT_EQ(status(kB), Status::kStale);
  EXPECT_EQ(status(kA), Status::kLive);
}

/// Events of the core must not depend on the order of a hash table.
TEST_F(SubscriptionTrackerTest, TellsChangesOfStatusByIdWhereTheyComeTogether) {
  std::vector<SubscriptionId> ids;
  for (SubscriptionId::rep i = 100; i > 0; --i) ids.emplace_back(i * 7919);
  request(ids, std::nullopt);
  tracker.handle_data(ids.front(), now);
  (void)tracker.take_changes();

  (void)silent_after(30s);

  const auto changes = tracker.take_changes();
  EXPECT_EQ(changes.size(), ids.size());
  EXPECT_TRUE(std::ranges::is_sorted(changes, {}, &SubscriptionTracker::Change::id));
}

TEST_F(SubscriptionTrackerTest, TellsOfSilenceAnewAfterEachTimeout) {
  request({kA, kB}, std::nullopt);
  tracker.handle_data(kA, now);
  ASSERT_THAT(silent_after(30s), ElementsAre(kA, kB));
  tracker.handle_data(kA, now);

  EXPECT_THAT(silent_after(30s - 1ns), IsEmpty());
  EXPECT_THAT(silent_after(500ms), ElementsAre(kA, kB));
}

TEST_F(SubscriptionTrackerTest, FindsTheSilentOneThoughItIsAskedForAgain) {
  request({kA}, 1);
  request({kB}, 2);
  tracker.handle_data(kA, now);
  EXPECT_THAT(overdue_after(10s), ElementsAre(kB));
  request({kB}, 3);

  EXPECT_THAT(silent_after(20s - 1ns), IsEmpty());
  EXPECT_THAT(silent_after(1ns), ElementsAre(kA, kB));
  EXPECT_EQ(tracker.state(kB, now)->since, 0s);
}

TEST_F(SubscriptionTrackerTest, CountsTheSilenceAnewForWhatWasEndedAndRequested) {
  request({kA, kB}, 1);
  tracker.handle_data(kA, now);
  now += 20s;
  tracker.handle_ended(kB);
  request({kB}, 2);

  EXPECT_THAT(silent_after(30s - 1ns), ElementsAre(kA));
  EXPECT_THAT(silent_after(1ns + SubscriptionTracker::kScanInterval), ElementsAre(kB));
}

TEST_F(SubscriptionTrackerTest, IsLateByAScanIntervalAtMost) {
  request({kA, kB}, std::nullopt);
  now += 10s;
  tracker.handle_data(kA, now);
  EXPECT_THAT(silent_after(20s), ElementsAre(kB));

  now = *tracker.next_deadline();

  EXPECT_LE(now, TimePoint{1h} + 40s + SubscriptionTracker::kScanInterval);
  EXPECT_THAT(silent_after(0s), ElementsAre(kA));
}

TEST_F(SubscriptionTrackerTest, JudgesNoSilenceWhereDataCannotBeToldApart) {
  request({kA, kB}, std::nullopt);

  EXPECT_THAT(silent_after(1h), IsEmpty());
  EXPECT_EQ(status(kA), Status::kRequested);
}

TEST_F(SubscriptionTrackerTest, JudgesSilenceWhereAnotherConnectionHasShownThatDataCanBeToldApart) {
  request({kA}, std::nullopt);
  tracker.handle_data(kA, now);
  SubscriptionTracker next{{.silence = {.longest = 30s}, .acknowledgement_timeout = {}}, knowledge};
  next.handle_requested(std::array{kA}, std::nullopt, now);

  EXPECT_THAT(next.take_silent(now + 30s - 1ns), IsEmpty());
  EXPECT_THAT(next.take_silent(now + 30s), ElementsAre(SubscriptionTracker::Silent{kA, 30s}));
}

TEST_F(SubscriptionTrackerTest, IsLiveAgainWithItsNextData) {
  request({kA}, std::nullopt);
  tracker.handle_data(kA, now);
  (void)silent_after(30s);
  ASSERT_EQ(status(kA), Status::kStale);

  tracker.handle_data(kA, now);

  EXPECT_EQ(status(kA), Status::kLive);
}

TEST_F(SubscriptionTrackerTest, CountsNoTimeInWhichNothingIsRead) {
  request({kA}, 1);
  now += 4s;
  tracker.pause(now);
  EXPECT_EQ(tracker.next_deadline(), std::nullopt);
  EXPECT_THAT(overdue_after(1h), IsEmpty());

  tracker.resume(now);

  EXPECT_EQ(tracker.next_deadline(), now + 6s);
  EXPECT_THAT(overdue_after(6s), ElementsAre(kA));
}

TEST_F(SubscriptionTrackerTest, DataOfWhatHasEndedChangesNothing) {
  request({kA}, std::nullopt);
  tracker.handle_ended(kA);

  tracker.handle_data(kA, now);

  EXPECT_EQ(status(kA), std::nullopt);
}

TEST_F(SubscriptionTrackerTest, NeverTellsWithoutTimeouts) {
  SubscriptionTracker patient{{}, knowledge};
  patient.handle_requested(std::array{kA}, 1, now);
  patient.handle_data(kA, now);

  EXPECT_EQ(patient.next_deadline(), std::nullopt);
  EXPECT_THAT(patient.take_silent(now + 1000h), IsEmpty());
  EXPECT_THAT(patient.take_overdue(now + 1000h), IsEmpty());
}

/// Time-outs are learned: ten mean intervals.
class LearningTrackerTest : public ::testing::Test {
 protected:
  LearningTrackerTest() { request(tracker); }

  void request(SubscriptionTracker& by) { by.handle_requested(std::array{kA}, {}, now); }
  void feed(Duration interval, int messages) {
    for (int i = 0; i < messages; ++i) {
      tracker.handle_data(kA, now);
      now += interval;
    }
  }
  Status status() const { return tracker.state(kA, now)->status; }

  TimePoint now{1h};
  FeedKnowledge knowledge;
  const SubscriptionTracker::Options options{.silence = {.longest = {}, .intervals = 10},
                                             .acknowledgement_timeout = {}};
  SubscriptionTracker tracker{options, knowledge};
};

TEST_F(LearningTrackerTest, TellsAtTheLearnedTimeoutAndNotBefore) {
  feed(1s, 9);
  now -= 1s;  // Back to the last message.
  EXPECT_EQ(tracker.next_deadline(), now + 10s);

  now += 10s - 1ns;
  EXPECT_THAT(tracker.take_silent(now), IsEmpty());
  now += 1ns;
  EXPECT_THAT(tracker.take_silent(now), ElementsAre(SubscriptionTracker::Silent{kA, 10s}));
  EXPECT_EQ(status(), Status::kStale);
}

TEST_F(LearningTrackerTest, TellsNothingOfWhatHasHadTooFewMessages) {
  feed(1s, 8);
  now += 24h;

  EXPECT_THAT(tracker.take_silent(now), IsEmpty());
  EXPECT_EQ(status(), Status::kLive);
}

/// It may have been refused without a word.
TEST_F(LearningTrackerTest, TellsOfWhatHasNeverHadDataAfterFiveMinutes) {
  tracker.handle_requested(std::array{kB}, {}, now);
  tracker.handle_data(kA, now);

  EXPECT_THAT(tracker.take_silent(now + 5min - 1ns), IsEmpty());
  EXPECT_THAT(tracker.take_silent(now + 5min),
              ElementsAre(SubscriptionTracker::Silent{kB, SubscriptionTracker::kUnheardTimeout}));
}

TEST_F(LearningTrackerTest, APauseIsNoInterval) {
  feed(1s, 5);
  tracker.pause(now);
  now += 1h;
  tracker.resume(now);
  feed(1s, 4);

  EXPECT_EQ(knowledge.intervals.of(kA).mean(), 1s);
}

TEST_F(LearningTrackerTest, WhatLiesBetweenTwoConnectionsIsNoInterval) {
  feed(1s, 9);
  now += 1h;
  SubscriptionTracker next{options, knowledge};
  request(next);
  now += 5s;
  next.handle_data(kA, now);
  now += 1s;
  next.handle_data(kA, now);

  EXPECT_EQ(knowledge.intervals.of(kA).mean(), 1s);
}

TEST_F(LearningTrackerTest, TheFirstDataAfterARequestHasTenSeconds) {
  feed(10ms, 9);
  tracker.handle_ended(kA);
  request(tracker);

  now += 10s - 1ns;
  EXPECT_THAT(tracker.take_silent(now), IsEmpty());
  now += SubscriptionTracker::kScanInterval;
  EXPECT_THAT(tracker.take_silent(now), ElementsAre(SubscriptionTracker::Silent{kA, 10s}));
}

TEST_F(LearningTrackerTest, AnAlarmTeachesAndTheNextOneComesLater) {
  feed(1s, 9);
  now += 9s;
  ASSERT_EQ(tracker.take_silent(now).size(), 1U);
  tracker.handle_data(kA, now);

  now += 10s;
  EXPECT_THAT(tracker.take_silent(now), IsEmpty());
  now += 10s;
  EXPECT_EQ(tracker.take_silent(now).size(), 1U) << "twice as long";
}

TEST_F(LearningTrackerTest, ALongOutageTeachesNoMoreThanAShortOne) {
  feed(1s, 9);
  now += 9s;
  ASSERT_EQ(tracker.take_silent(now).size(), 1U);
  const Duration taught = knowledge.intervals.of(kA).mean();

  now += 24h;
  (void)tracker.take_silent(now);
  tracker.handle_data(kA, now);

  EXPECT_EQ(knowledge.intervals.of(kA).mean(), taught);
}

TEST_F(LearningTrackerTest, AFasterFeedBringsTheNextScanForward) {
  feed(1min, 9);
  feed(10ms, 100'000);

  EXPECT_LE(*tracker.next_deadline(), now + 1s);
}

}  // namespace
}  // namespace wsm
