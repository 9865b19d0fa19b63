// A switchover slice by slice.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/core/switchover/switchover_fixture.h"

namespace wsm {
namespace {

using ::testing::Optional;
using SwitchoverSlicesTest = SwitchoverTest;

TEST_F(SwitchoverSlicesTest, HandsOverASliceThatIsProvenAndGoesOn) {
  go_to(Phase::kSubscribing);
  switchover.handle_standby_subscribed(kSlice, now);

  EXPECT_THAT(switchover.handle_proven(now), is_verdict(Decision::kHandOver, Outcome::kProven));
  EXPECT_EQ(switchover.phase(), Phase::kSubscribing);
  EXPECT_EQ(switchover.next_deadline(), std::nullopt);
  switchover.handle_standby_subscribed(kAll, now);
  EXPECT_THAT(switchover.handle_proven(now), is_verdict(Decision::kPromote, Outcome::kProven));
}

TEST_F(SwitchoverSlicesTest, DataThatNobodyCanTellWhoseItIsWillDoForASlice) {
  go_to(Phase::kSubscribing);
  switchover.handle_standby_subscribed(kSlice, now);

  EXPECT_THAT(switchover.handle_plausible(now),
              is_verdict(Decision::kHandOver, Outcome::kUnproven));
  switchover.handle_standby_subscribed(kAll, now);
  EXPECT_THAT(switchover.handle_proven(now), is_verdict(Decision::kPromote, Outcome::kUnproven));
}

TEST_F(SwitchoverSlicesTest, IsUnprovenWhenOneSliceIs) {
  go_to(Phase::kSubscribing);
  switchover.handle_standby_subscribed(kSlice, now);
  EXPECT_THAT(after(30s), Optional(is_verdict(Decision::kHandOver, Outcome::kUnproven)));
  switchover.handle_standby_subscribed(kAll, now);

  EXPECT_THAT(switchover.handle_proven(now), is_verdict(Decision::kPromote, Outcome::kUnproven));
}

TEST_F(SwitchoverSlicesTest, ASliceThatGrowsGetsItsTimeAnew) {
  go_to(Phase::kSubscribing);
  switchover.handle_standby_subscribed(kSlice, now);
  now += 10s;

  switchover.handle_standby_subscribed(kSlice, now);
  EXPECT_EQ(switchover.next_deadline(), now + 20s);
  switchover.handle_standby_subscribed({2, false}, now);

  EXPECT_EQ(switchover.next_deadline(), now + 30s);
}

TEST_F(SwitchoverSlicesTest, AbandonsAStandbyWithoutRoomUnlessTheActiveIsOfNoUse) {
  evidence = Evidence::kNoRoom;
  go_to(Phase::kSubscribing);
  switchover.handle_standby_subscribed({0, false}, now);
  EXPECT_THAT(after(30s), Optional(is_verdict(Decision::kAbandon, Outcome::kAbandoned)));

  switchover.begin(SwitchoverTrigger::kDrainNotice, now);
  switchover.handle_standby_open(now);
  switchover.handle_standby_subscribed({0, false}, now);
  EXPECT_THAT(after(30s), Optional(is_verdict(Decision::kPromote, Outcome::kUnproven)));
}

TEST_F(SwitchoverSlicesTest, TakesOverInPartWhenOthersHaveTakenTheRoomForGood) {
  go_to(Phase::kSubscribing);
  switchover.handle_standby_subscribed(kSlice, now);
  (void)switchover.handle_proven(now);
  evidence = Evidence::kNoRoom;

  switchover.handle_standby_subscribed(kSlice, now);
  for (std::uint32_t i = 0; i < Switchover::kExtensions; ++i) EXPECT_FALSE(after(30s));

  EXPECT_THAT(after(30s), Optional(is_verdict(Decision::kPromote, Outcome::kUnproven)));
}

TEST_F(SwitchoverSlicesTest, ThoseThatComeAndGoDoNotPutTheEndOfASliceOffForEver) {
  go_to(Phase::kSubscribing);
  std::size_t count = 1;
  switchover.handle_standby_subscribed({count, false}, now);

  for (int turn = 0; turn < 1'000; ++turn) {
    if (const auto verdict = after(10s)) {
      EXPECT_EQ(verdict->decision, Decision::kHandOver);
      return;
    }
    switchover.handle_standby_subscribed({--count, false}, now);
    switchover.handle_standby_subscribed({++count, false}, now);
  }
  ADD_FAILURE() << "it has not come to an end";
}

}  // namespace
}  // namespace wsm
