#include "core/join/number_join.h"

#include "unit/core/join/number_join_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::kNew;
using test::kOld;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class NumberJoinTest : public test::NumberJoinFixture {};

TEST_F(NumberJoinTest, DeliversWhatComesFirstAndDropsTheCopy) {
  EXPECT_EQ(bring(kOld, 11), JoinFate::kDeliver);
  EXPECT_EQ(bring(kNew, 11), JoinFate::kDrop);
  EXPECT_EQ(bring(kNew, 12), JoinFate::kDeliver);
  EXPECT_EQ(bring(kOld, 12), JoinFate::kDrop);

  EXPECT_THAT(delivered, ElementsAre("11", "12"));
  EXPECT_EQ(join.duplicates(), 2U);
}

TEST_F(NumberJoinTest, IsProvenByWhatHasBeenDeliveredOrFollowsIt) {
  EXPECT_FALSE(join.is_proven(kNew));
  (void)bring(kNew, 11);
  EXPECT_TRUE(join.is_proven(kNew));
}

TEST_F(NumberJoinTest, WhatIsAheadWaitsForWhatIsMissing) {
  EXPECT_EQ(bring(kNew, 13), JoinFate::kHold);
  EXPECT_FALSE(join.is_proven(kNew));
  EXPECT_EQ(join.held_bytes(), HeldMessage::footprint(2));

  (void)bring(kOld, 11);
  EXPECT_THAT(delivered, ElementsAre("11"));
  (void)bring(kOld, 12);

  EXPECT_THAT(delivered, ElementsAre("11", "12", "13"));
  EXPECT_TRUE(join.is_proven(kNew));
  EXPECT_EQ(join.held_bytes(), 0U);
}

/// A switchover behind another one: the last messages came from a third connection.

TEST_F(NumberJoinTest, TheServingOneMayBeBehindWhatWasDelivered) {
  constexpr ConnectionId kGone{ShardId{0}, Generation{9}};
  join = NumberJoin{kOld, {.connection = kGone, .number = 10}, Speech::kSpeaking};
  join.add_lane(kNew);

  EXPECT_EQ(bring(kOld, 8), JoinFate::kDrop) << "it does not begin anew";
  EXPECT_EQ(bring(kNew, 13), JoinFate::kHold);
  for (const std::uint64_t number : {9U, 10U, 11U, 12U}) (void)bring(kOld, number);

  EXPECT_THAT(delivered, ElementsAre("11", "12", "13"));
  EXPECT_TRUE(join.is_proven(kNew));
}

/// Another connection may be opened before it has come so far.

TEST_F(NumberJoinTest, IsNotOverWhileTheOneThatIsLeftIsBehind) {
  (void)bring(kOld, 11);
  for (const std::uint64_t number : {11U, 12U, 13U}) (void)bring(kNew, number);

  end(kNew);
  EXPECT_FALSE(join.is_over());
  (void)bring(kOld, 12);
  EXPECT_FALSE(join.is_over());

  (void)bring(kOld, 13);
  EXPECT_TRUE(join.is_over());
}

TEST_F(NumberJoinTest, WhatIsAheadIsDeliveredWhenTheOtherHasEnded) {
  (void)bring(kNew, 13);

  end(kOld);

  EXPECT_THAT(delivered, ElementsAre("13"));
  EXPECT_TRUE(join.is_over());
}

TEST_F(NumberJoinTest, WhatIsAheadIsDeliveredWhenTheOtherHasPassedThePlace) {
  (void)bring(kNew, 13);

  (void)bring(kOld, 14);

  EXPECT_THAT(delivered, ElementsAre("13", "14"));
}

TEST_F(NumberJoinTest, WaitsForASilentConnectionNoLongerThanItsTime) {
  (void)bring(kNew, 13);
  EXPECT_EQ(join.next_deadline(), now + NumberJoin::kSettle);

  wait(NumberJoin::kSettle - 1ns);
  EXPECT_THAT(delivered, IsEmpty());
  wait(1ns);
  EXPECT_THAT(delivered, ElementsAre("13"));
}

TEST_F(NumberJoinTest, DoesNotGoBackToWhatWasGivenUp) {
  (void)bring(kNew, 13);
  wait(NumberJoin::kSettle);

  EXPECT_EQ(bring(kOld, 11), JoinFate::kDrop);
  EXPECT_EQ(join.duplicates(), 0U);
  EXPECT_THAT(delivered, ElementsAre("13"));
}

TEST_F(NumberJoinTest, KeepsWhatADeadConnectionWasAheadWith) {
  (void)bring(kNew, 13);
  end(kNew);
  EXPECT_FALSE(join.is_over());

  (void)bring(kOld, 11);
  end(kOld);

  EXPECT_THAT(delivered, ElementsAre("11", "13"));
}

TEST_F(NumberJoinTest, DoesNotWaitForAConnectionThatWasSilentBefore) {
  NumberJoin silent{kOld, {.connection = kOld, .number = 10}, Speech::kSilent};
  silent.add_lane(kNew);

  EXPECT_EQ(silent.handle(kNew, test::text_message("20"), {.sequence = 20}, now),
            JoinFate::kDeliver);
}

TEST_F(NumberJoinTest, WaitsWithTheFirstMessageOfAllForTheOneThatWasAskedFirst) {
  NumberJoin fresh{kOld, {}, Speech::kSpeaking};
  fresh.add_lane(kNew);

  EXPECT_EQ(fresh.handle(kNew, test::text_message("2"), {.sequence = 2}, now), JoinFate::kHold);
  EXPECT_EQ(fresh.handle(kOld, test::text_message("1"), {.sequence = 1}, now), JoinFate::kDeliver);
  test::take_released(fresh, delivered);
  EXPECT_THAT(delivered, ElementsAre("2"));
}

TEST_F(NumberJoinTest, DropsTheSnapshotOfANewConnectionThatSaysNothingNew) {
  EXPECT_EQ(bring(kNew, 10, /*restarts=*/true), JoinFate::kDrop);
  EXPECT_EQ(bring(kNew, 11), JoinFate::kDeliver);
}

TEST_F(NumberJoinTest, DeliversTheSnapshotOfAConnectionThatServes) {
  EXPECT_EQ(bring(kOld, 20, /*restarts=*/true), JoinFate::kDeliver);
}

TEST_F(NumberJoinTest, ASnapshotComesBehindWhatHasWaited) {
  (void)bring(kNew, 11);
  EXPECT_EQ(bring(kNew, 13), JoinFate::kHold);

  (void)bring(kOld, 20, /*restarts=*/true);

  EXPECT_THAT(delivered, ElementsAre("11", "13", "20"));
}

TEST_F(NumberJoinTest, AMessageOfAChainStandsForWhatWaitsBeforeIt) {
  (void)bring(kOld, 11);
  (void)bring(kNew, 11);
  const Numbering within{.sequence = 15, .previous = 13};
  ASSERT_EQ(join.handle(kNew, test::text_message("15"), within, now), JoinFate::kHold);

  const Numbering all{.sequence = 20, .previous = 11};
  EXPECT_EQ(join.handle(kOld, test::text_message("20"), all, now), JoinFate::kDeliver);
  EXPECT_FALSE(join.has_released());
  EXPECT_EQ(join.held_bytes(), 0U);
}

TEST_F(NumberJoinTest, OfAConnectionThatIsGoneACopyInAChainIsNotDeliveredOnceMore) {
  constexpr ConnectionId kGone{ShardId{0}, Generation{9}};
  const Numbering twelve{.sequence = 12, .previous = 10};

  EXPECT_EQ(join.handle_gone(kGone, twelve, now), JoinFate::kDeliver);
  EXPECT_EQ(join.handle_gone(kGone, twelve, now), JoinFate::kDrop);
}

TEST_F(NumberJoinTest, DeliversTwoMessagesWithOneNumberOfOneConnection) {
  EXPECT_EQ(bring(kOld, 11), JoinFate::kDeliver);
  EXPECT_EQ(bring(kOld, 11), JoinFate::kDeliver);
  EXPECT_EQ(bring(kNew, 11), JoinFate::kDrop);
}

TEST_F(NumberJoinTest, ForgetsWhatWaitsAndTakesItFromTheOther) {
  (void)bring(kNew, 13);

  join.forget_held();

  EXPECT_EQ(join.held_bytes(), 0U);
  for (const std::uint64_t number : {11U, 12U, 13U}) (void)bring(kOld, number);
  EXPECT_EQ(bring(kNew, 14), JoinFate::kDeliver);
  EXPECT_THAT(delivered, ElementsAre("11", "12", "13", "14"));
}

/// It was asked shortly before, and what it brings first is older than what the other has brought.

/// The server has been restarted, say, and counts from one.

/// However long that takes: it counts like the others.

/// Both connections have been lost with the server.

/// What was forgotten was not lost: the one that serves has not been there yet.

TEST_F(NumberJoinTest, WhatIsForgottenIsStillWaitedFor) {
  for (const std::uint64_t number : {13U, 14U, 15U}) (void)bring(kNew, number);

  join.forget_held();

  EXPECT_TRUE(join.goes_on(kOld));
  EXPECT_EQ(bring(kNew, 16), JoinFate::kHold);
  EXPECT_FALSE(join.is_proven(kNew));
  for (const std::uint64_t number : {11U, 12U, 13U, 14U, 15U, 16U}) (void)bring(kOld, number);
  EXPECT_THAT(delivered, ElementsAre("11", "12", "13", "14", "15", "16"));
  EXPECT_TRUE(join.is_proven(kNew));
}

TEST_F(NumberJoinTest, NobodyWaitsForWhatSomebodyHasForgotten) {
  (void)bring(kNew, 11);
  (void)bring(kNew, 13);
  ASSERT_TRUE(join.is_proven(kNew));

  join.forget_held();

  EXPECT_FALSE(join.is_proven(kNew)) << "it will not bring 13 again";
  EXPECT_FALSE(join.goes_on(kNew));
}

TEST_F(NumberJoinTest, DropsWhatIsNotOfItsLanes) {
  EXPECT_EQ(bring({ShardId{5}, Generation{1}}, 11), JoinFate::kDrop);
}

}  // namespace
}  // namespace wsm
