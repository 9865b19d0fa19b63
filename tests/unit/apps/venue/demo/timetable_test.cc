#include "demo/timetable.h"

#include <set>

#include <gmock/gmock.h>

namespace wsm::demo {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::Field;

TEST(TimetableTest, HasEachIncidentOnce) {
  EXPECT_THAT(plan_timetable(20s, 1, 0),
              ElementsAre(Appointment{4s, Incident::kCut, ShardId{0}},
                          Appointment{8s, Incident::kSilence, ShardId{0}},
                          Appointment{12s, Incident::kLeave, ShardId{0}},
                          Appointment{14s, Incident::kDrain, ShardId{0}},
                          Appointment{16s, Incident::kSwitchover, ShardId{0}}));
}

TEST(TimetableTest, ScalesWithTheLength) {
  EXPECT_THAT(plan_timetable(5s, 3, 0),
              ElementsAre(Field(&Appointment::at, 1s), Field(&Appointment::at, 2s),
                          Field(&Appointment::at, 3s), Field(&Appointment::at, 3500ms),
                          Field(&Appointment::at, 4s)));
}

TEST(TimetableTest, HitsOneShardAfterTheOther) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    std::set<ShardId> shards;
    for (const Appointment& appointment : plan_timetable(20s, 4, seed)) {
      shards.insert(appointment.shard);
    }
    EXPECT_THAT(shards, ElementsAre(ShardId{0}, ShardId{1}, ShardId{2}, ShardId{3}));
  }
}

TEST(TimetableTest, TheSeedDecidesWhichComesFirst) {
  std::set<ShardId> first;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    first.insert(plan_timetable(20s, 3, seed).front().shard);
    EXPECT_EQ(plan_timetable(20s, 3, seed), plan_timetable(20s, 3, seed));
  }

  EXPECT_THAT(first, ElementsAre(ShardId{0}, ShardId{1}, ShardId{2}));
}

TEST(TimetableTest, PublishingStopsALittleBeforeTheEnd) {
  EXPECT_EQ(end_of_publishing(5s), 4700ms);
  EXPECT_EQ(end_of_publishing(10s), 9500ms);
  EXPECT_EQ(end_of_publishing(60s), 59s);
}

TEST(TimetableTest, OnlyAResetLosesWhatWasSent) {
  EXPECT_TRUE(may_lose_sent(Incident::kCut));
  for (const auto incident :
       {Incident::kSilence, Incident::kLeave, Incident::kDrain, Incident::kSwitchover}) {
    EXPECT_FALSE(may_lose_sent(incident)) << to_string(incident);
  }
}

TEST(TimetableTest, WhatIsPlannedLosesNothing) {
  for (const auto incident : {Incident::kDrain, Incident::kSwitchover}) {
    EXPECT_FALSE(may_lose_sent(incident));
    EXPECT_FALSE(may_lose_unsent(incident));
    EXPECT_TRUE(may_overlap(incident));
  }
}

}  // namespace
}  // namespace wsm::demo
