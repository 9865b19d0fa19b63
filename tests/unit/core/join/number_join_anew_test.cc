// Numbers that begin anew, or seem to.

#include "core/join/number_join.h"
#include "unit/core/join/number_join_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::kNew;
using test::kOld;
using ::testing::ElementsAre;

class NumberJoinAnewTest : public test::NumberJoinFixture {};

TEST_F(NumberJoinAnewTest, WhoIsBehindDoesNotBringTheOldNumbersOnceMore) {
  (void)bring(kNew, 11);
  for (const std::uint64_t number : {11U, 12U, 13U, 1U}) (void)bring(kOld, number);
  for (const std::uint64_t number : {12U, 13U}) EXPECT_EQ(bring(kNew, number), JoinFate::kDrop);

  EXPECT_EQ(bring(kNew, 1), JoinFate::kDrop);
  EXPECT_EQ(bring(kNew, 2), JoinFate::kDeliver);
  EXPECT_TRUE(join.is_proven(kNew));
}

TEST_F(NumberJoinAnewTest, OneNumberThatGoesBackShutsNobodyOut) {
  (void)bring(kOld, 11);
  (void)bring(kNew, 11);
  EXPECT_EQ(bring(kOld, 10), JoinFate::kDeliver) << "the feed's own way";

  EXPECT_EQ(bring(kNew, 12), JoinFate::kHold);
  (void)bring(kOld, 12);

  EXPECT_TRUE(join.is_proven(kNew));
  end(kOld);
  EXPECT_EQ(bring(kNew, 13), JoinFate::kDeliver);
  EXPECT_THAT(delivered, ElementsAre("11", "10", "12", "13"));
}

TEST_F(NumberJoinAnewTest, WhoIsBehindMayRepeatItself) {
  for (const std::uint64_t number : {11U, 12U, 13U}) (void)bring(kOld, number);
  for (const std::uint64_t number : {11U, 12U}) (void)bring(kNew, number);

  EXPECT_EQ(bring(kNew, 11), JoinFate::kDrop);

  EXPECT_EQ(bring(kOld, 14), JoinFate::kDeliver);
  for (const std::uint64_t number : {12U, 13U, 14U})
    EXPECT_EQ(bring(kNew, number), JoinFate::kDrop);
  EXPECT_EQ(bring(kNew, 15), JoinFate::kDeliver);
}

/// It has missed the last of the old numbers.
TEST_F(NumberJoinAnewTest, WhoIsBehindMayHaveBegunAnewBeforeTheOthers) {
  (void)bring(kNew, 11);
  (void)bring(kOld, 11);
  (void)bring(kNew, 12);
  EXPECT_EQ(bring(kOld, 1), JoinFate::kDrop);
  EXPECT_FALSE(join.is_proven(kOld)) << "nobody can say";

  EXPECT_EQ(bring(kNew, 1), JoinFate::kDeliver);

  EXPECT_EQ(bring(kOld, 3), JoinFate::kHold);
  EXPECT_EQ(bring(kNew, 2), JoinFate::kDeliver);
  EXPECT_TRUE(join.is_proven(kOld));
  EXPECT_THAT(delivered, ElementsAre("11", "12", "1", "2", "3"));
}

TEST_F(NumberJoinAnewTest, ASnapshotThatGoesBackShutsNobodyOut) {
  for (const std::uint64_t number : {11U, 12U, 13U}) (void)bring(kOld, number);
  for (const std::uint64_t number : {11U, 12U}) (void)bring(kNew, number);
  (void)bring(kOld, 11, /*restarts=*/true);

  EXPECT_EQ(bring(kNew, 13), JoinFate::kDrop) << "may be from before";
  EXPECT_EQ(bring(kNew, 14), JoinFate::kHold) << "cannot";
  for (const std::uint64_t number : {12U, 13U}) (void)bring(kOld, number);

  EXPECT_THAT(delivered, ElementsAre("11", "12", "13", "11", "12", "13", "14"));
}

TEST_F(NumberJoinAnewTest, WhoHadNotBeenHeardWhenNumbersBeganAnewTakesPart) {
  (void)bring(kOld, 11);
  (void)bring(kOld, 1);

  EXPECT_EQ(bring(kNew, 3), JoinFate::kHold);
  EXPECT_EQ(bring(kOld, 2), JoinFate::kDeliver);
  EXPECT_TRUE(join.is_proven(kNew));
  end(kOld);
  EXPECT_EQ(bring(kNew, 4), JoinFate::kDeliver);
  EXPECT_THAT(delivered, ElementsAre("11", "1", "2", "3", "4"));
}

TEST_F(NumberJoinAnewTest, WhatWaitsIsDeliveredBeforeNumbersBeginAnew) {
  (void)bring(kNew, 11);
  (void)bring(kNew, 13);
  ASSERT_THAT(delivered, ElementsAre("11"));
  (void)bring(kOld, 11);

  EXPECT_EQ(bring(kOld, 1), JoinFate::kHold) << "nobody can bring 12 any more";

  EXPECT_THAT(delivered, ElementsAre("11", "13", "1"));
  EXPECT_EQ(join.held_bytes(), 0U);
}

TEST_F(NumberJoinAnewTest, WhoHasNeverBeenPartOfTheStreamDoesNotBeginItAnew) {
  (void)bring(kOld, 11);
  (void)bring(kOld, 1);
  EXPECT_EQ(bring(kNew, 11), JoinFate::kHold);

  EXPECT_EQ(bring(kNew, 1), JoinFate::kDrop);

  EXPECT_EQ(join.held_bytes(), 0U) << "of the old numbers";
  EXPECT_EQ(bring(kOld, 2), JoinFate::kDeliver);
  EXPECT_EQ(bring(kNew, 2), JoinFate::kDrop);
  EXPECT_EQ(bring(kNew, 3), JoinFate::kDeliver);
}

TEST_F(NumberJoinAnewTest, IsNotOverWhileOldNumbersMayCome) {
  (void)bring(kNew, 11);
  for (const std::uint64_t number : {11U, 12U, 13U, 1U}) (void)bring(kOld, number);
  end(kOld);

  EXPECT_FALSE(join.is_over());
  EXPECT_EQ(bring(kNew, 12), JoinFate::kDrop);
  EXPECT_EQ(bring(kNew, 13), JoinFate::kDrop);
  EXPECT_EQ(bring(kNew, 1), JoinFate::kDrop);
  EXPECT_TRUE(join.is_over());
}

TEST_F(NumberJoinAnewTest, WhoBringsLowerNumbersThanAtFirstIsNotProvenByThem) {
  (void)bring(kNew, 1);
  EXPECT_FALSE(join.is_proven(kNew));
  (void)bring(kNew, 9);
  EXPECT_FALSE(join.is_proven(kNew));

  (void)bring(kNew, 10);

  EXPECT_TRUE(join.is_proven(kNew)) << "it was only behind";
}

TEST_F(NumberJoinAnewTest, ASnapshotFromBeforeIsNoProof) {
  EXPECT_EQ(bring(kNew, 8, /*restarts=*/true), JoinFate::kDrop);
  EXPECT_FALSE(join.is_proven(kNew));
}

TEST_F(NumberJoinAnewTest, WhoIsLeftAndStaysBehindCountsAnew) {
  (void)bring(kNew, 1);
  end(kOld);
  EXPECT_EQ(bring(kNew, 2), JoinFate::kDrop);
  now += NumberJoin::kSettle - 1ns;
  EXPECT_EQ(bring(kNew, 3), JoinFate::kDrop);
  EXPECT_FALSE(join.is_over());
  now += 1ns;

  EXPECT_EQ(join.handle(kNew, test::text_message("4"), {.sequence = 4}, now), JoinFate::kHold);

  const auto first = join.poll_released();
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->begins_anew);
  EXPECT_EQ(bring(kNew, 5), JoinFate::kDeliver);
  EXPECT_TRUE(join.is_proven(kNew));
  EXPECT_TRUE(join.is_over());
}

TEST_F(NumberJoinAnewTest, WhoCatchesUpInTimeWasOnlyBehind) {
  (void)bring(kNew, 8);
  end(kOld);
  (void)bring(kNew, 9);
  now += NumberJoin::kSettle - 1ns;
  EXPECT_EQ(bring(kNew, 10), JoinFate::kDrop);
  now += 1h;

  EXPECT_EQ(bring(kNew, 11), JoinFate::kDeliver);
}

TEST_F(NumberJoinAnewTest, WhoWasNotBehindAtSomeTimeDoesNotCountAnew) {
  (void)bring(kNew, 11);
  for (const std::uint64_t number : {11U, 12U, 13U, 14U}) (void)bring(kOld, number);
  end(kOld);
  (void)bring(kNew, 12);
  now += 1h;

  EXPECT_EQ(bring(kNew, 13), JoinFate::kDrop);
}

TEST_F(NumberJoinAnewTest, TwoWhoAreBehindCountAnewTogether) {
  constexpr ConnectionId kGone{ShardId{0}, Generation{9}};
  join = NumberJoin{kOld, {.connection = kGone, .number = 1000}, Speech::kSpeaking};
  join.add_lane(kNew);
  (void)bring(kOld, 1);
  now += NumberJoin::kSettle;
  for (const std::uint64_t number : {2U, 3U}) (void)bring(kOld, number);

  for (const std::uint64_t number : {1U, 2U, 3U, 4U}) (void)bring(kNew, number);

  EXPECT_THAT(delivered, ElementsAre("2", "3", "4"));
  EXPECT_TRUE(join.is_proven(kNew));
}

TEST_F(NumberJoinAnewTest, WhereNobodyIsLeftTheFirstSnapshotBeginsAnew) {
  constexpr ConnectionId kGone{ShardId{0}, Generation{9}};
  join = NumberJoin{kOld, {.connection = kGone, .number = 1000}, Speech::kSpeaking};
  join.add_lane(kNew);

  (void)bring(kNew, 1, /*restarts=*/true);

  EXPECT_THAT(delivered, ElementsAre("1"));
}

/// Nobody is left who has come as far as the stream, and both were read late.
TEST_F(NumberJoinAnewTest, TheSnapshotOfWhoWasAskedLaterBeginsAnewAndThatOfWhoWasAskedBeforeIsOld) {
  constexpr ConnectionId kThird{ShardId{2}, Generation{1}};
  constexpr ConnectionId kFourth{ShardId{3}, Generation{1}};
  join.add_lane(kThird);
  join.add_lane(kFourth);
  for (const ConnectionId connection : {kOld, kNew, kThird}) join.leave_lane(connection, now);
  end(kOld);
  ASSERT_EQ(bring(kThird, 20, /*restarts=*/true), JoinFate::kDeliver);
  end(kThird);

  EXPECT_EQ(bring(kNew, 15, /*restarts=*/true), JoinFate::kDrop);
  EXPECT_EQ(bring(kFourth, 3, /*restarts=*/true), JoinFate::kHold);

  EXPECT_THAT(delivered, ElementsAre("20", "3"));
}

TEST_F(NumberJoinAnewTest, WhoIsBehindGoesOnWithOldNumbersWhateverHasComeOfTheNewOnes) {
  (void)bring(kNew, 11);
  for (const std::uint64_t number : {11U, 12U, 13U, 1U}) (void)bring(kOld, number);
  for (std::uint64_t number = 2; number <= 13; ++number) (void)bring(kOld, number);

  for (const std::uint64_t number : {12U, 13U, 1U, 2U}) {
    EXPECT_EQ(bring(kNew, number), JoinFate::kDrop) << number;
  }
  EXPECT_EQ(bring(kOld, 14), JoinFate::kDeliver);
}

/// Who is new may bring the first of the new numbers before it has brought any of the old ones.
TEST_F(NumberJoinAnewTest, WhoIsNewMayBeTheFirstToBeginAnew) {
  EXPECT_EQ(bring(kNew, 1, /*restarts=*/true), JoinFate::kDrop) << "it may be behind";
  EXPECT_EQ(bring(kOld, 1, /*restarts=*/true), JoinFate::kDeliver);

  EXPECT_EQ(bring(kNew, 2), JoinFate::kDeliver);
  EXPECT_TRUE(join.is_proven(kNew));
}

/// Who is new is ahead, in the new numbers already.
TEST_F(NumberJoinAnewTest, WhatWaitsOfWhoIsNewBelongsToTheNewNumbers) {
  EXPECT_EQ(bring(kNew, 40, /*restarts=*/true), JoinFate::kHold);
  EXPECT_EQ(bring(kNew, 41), JoinFate::kHold);
  (void)bring(kOld, 11);

  for (const std::uint64_t number : {39U, 40U, 41U}) (void)bring(kOld, number - 38);

  EXPECT_THAT(delivered, ElementsAre("11", "1", "2", "3"));
  for (std::uint64_t number = 4; number <= 39; ++number) (void)bring(kOld, number);
  ASSERT_EQ(delivered.size(), 42U);
  EXPECT_EQ(delivered.back(), "41");
  EXPECT_EQ(bring(kOld, 40), JoinFate::kDrop);
  EXPECT_EQ(bring(kNew, 42), JoinFate::kDeliver);
}

/// Nobody else has come further with the old numbers.
TEST_F(NumberJoinAnewTest, WhoIsAloneInSpeakingBeginsAnew) {
  NumberJoin silent{kOld, {.connection = ConnectionId{}, .number = 10}, Speech::kSpeaking};
  silent.add_lane(kNew);
  const auto take = [&](std::uint64_t number) {
    return silent.handle(kNew, test::text_message("x"), {.sequence = number, .restarts = true},
                         now);
  };
  for (const std::uint64_t number : {20U, 1U}) ASSERT_EQ(take(number), JoinFate::kHold);
  test::take_released(silent, delivered);

  EXPECT_EQ(delivered.size(), 2U);
  EXPECT_EQ(take(2), JoinFate::kDeliver);
}

/// It was ahead with the new numbers, and who led falls silent with the first of them.
TEST_F(NumberJoinAnewTest, WhoIsTakenForOldIsHeardWhenNobodyElseSpeaks) {
  for (const std::uint64_t number : {1U, 2U}) (void)bring(kNew, number);
  (void)bring(kOld, 1);
  EXPECT_EQ(bring(kNew, 3), JoinFate::kDrop) << "it may be one of the old numbers";
  now += NumberJoin::kSettle;

  (void)bring(kNew, 4);
  wait(NumberJoin::kSettle);

  EXPECT_THAT(delivered, ElementsAre("1", "4"));
  EXPECT_EQ(bring(kNew, 5), JoinFate::kDeliver);
}

/// And has as many old numbers to bring as there are new ones.
TEST_F(NumberJoinAnewTest, WhoWasNotHeardBeforeMayStillBringOldNumbers) {
  for (const std::uint64_t number : {11U, 12U, 1U}) (void)bring(kOld, number);
  for (std::uint64_t number = 2; number <= 12; ++number) (void)bring(kOld, number);

  for (const std::uint64_t number : {11U, 12U, 1U, 2U}) {
    EXPECT_EQ(bring(kNew, number), JoinFate::kDrop) << number;
  }
  EXPECT_EQ(bring(kOld, 13), JoinFate::kDeliver);
  for (std::uint64_t number = 3; number <= 13; ++number) (void)bring(kNew, number);
  EXPECT_EQ(bring(kNew, 14), JoinFate::kDeliver);
  EXPECT_EQ(bring(kNew, 1), JoinFate::kDeliver) << "now it leads";
}

/// It has brought copies only, for long; what it might have had of the old numbers is long past.
TEST_F(NumberJoinAnewTest, WhoHasBroughtOnlyCopiesOfTheNewNumbersMayBeginTheNextOnes) {
  (void)bring(kOld, 1);
  for (std::uint64_t number = 2; number <= 20; ++number) {
    (void)bring(kOld, number);
    (void)bring(kNew, number);
    now += 1s;
  }
  end(kOld);

  EXPECT_EQ(bring(kNew, 1), JoinFate::kDeliver);
}

/// A new number happens to follow upon the last old one that it had brought.
TEST_F(NumberJoinAnewTest, WhoSeemsToGoOnWithOldNumbersIsHeardWhenNobodyElseSpeaks) {
  for (const std::uint64_t number : {11U, 12U}) (void)bring(kNew, number);
  for (std::uint64_t number = 11; number <= 40; ++number) (void)bring(kOld, number);
  for (std::uint64_t number = 1; number <= 12; ++number) (void)bring(kOld, number);
  end(kOld);
  now += NumberJoin::kSettle;

  EXPECT_EQ(bring(kNew, 13), JoinFate::kDeliver);
}

/// It is not silent, but what it brings has been delivered: the others count anew, for certain.
TEST_F(NumberJoinAnewTest, NothingIsTakenForOldForEver) {
  (void)bring(kOld, 1'000);
  (void)bring(kNew, 500);
  for (std::uint64_t number = 501; number <= 500 + NumberJoin::kStuckMax; ++number) {
    EXPECT_EQ(bring(kNew, number), JoinFate::kDrop);
  }
  now += NumberJoin::kStuck;

  EXPECT_EQ(bring(kNew, 600), JoinFate::kHold);
  EXPECT_EQ(bring(kNew, 601), JoinFate::kDeliver);
  EXPECT_THAT(delivered, ElementsAre("1000", "600", "601"));
}

/// The others had ended, and the new one is a little behind.
TEST_F(NumberJoinAnewTest, WhoHasComeAsFarWithCopiesIsLevel) {
  constexpr ConnectionId kDead{ShardId{2}, Generation{1}};
  NumberJoin later{kOld,
                   {.connection = kDead,
                    .number = 10,
                    .carriers = {{{.connection = kOld, .last = 10, .is_of_stream = true}}}},
                   Speech::kSpeaking};
  later.add_lane(kNew);

  EXPECT_EQ(later.handle(kNew, test::text_message("8"), {.sequence = 8, .restarts = true}, now),
            JoinFate::kDrop);
}

}  // namespace
}  // namespace wsm
