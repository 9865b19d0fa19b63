#include "core/ledger/continuity.h"

#include <gtest/gtest.h>

namespace wsm {
namespace {

using Kind = Continuity::Kind;
using Finding = Continuity::Finding;

constexpr ConnectionId kOld{ShardId{0}, Generation{1}};
constexpr ConnectionId kNew{ShardId{0}, Generation{2}};

class ContinuityTest : public ::testing::Test {
 protected:
  Finding take(ConnectionId connection, const Numbering& numbering) {
    const Finding finding = continuity.judge(connection, numbering);
    continuity.accept(connection, numbering, finding);
    return finding;
  }
  Finding take(ConnectionId connection, std::uint64_t sequence) {
    return take(connection, {.sequence = sequence});
  }

  Continuity continuity;
};

TEST_F(ContinuityTest, BeginsWithAnyNumber) {
  EXPECT_EQ(take(kOld, 40), Finding{Kind::kFirst});
  EXPECT_EQ(take(kOld, 41), Finding{Kind::kNext});
}

TEST_F(ContinuityTest, SaysNothingWithoutNumbers) {
  EXPECT_EQ(take(kOld, Numbering{}), Finding{Kind::kUnnumbered});
  EXPECT_EQ(continuity.last(), std::nullopt);
}

TEST_F(ContinuityTest, SeesAHoleOnOneConnection) {
  (void)take(kOld, 1);

  EXPECT_EQ(take(kOld, 5), (Finding{Kind::kAhead, 3, true}));
  EXPECT_EQ(take(kOld, 6), Finding{Kind::kNext});
}

TEST_F(ContinuityTest, CallsItNoHoleWhenAnotherConnectionIsAhead) {
  (void)take(kOld, 1);

  EXPECT_EQ(take(kNew, 4), (Finding{Kind::kAhead, 2, false}));
}

TEST_F(ContinuityTest, TakesWhatTheOldConnectionStillBringsForLate) {
  (void)take(kOld, 1);
  (void)take(kNew, 4);

  EXPECT_EQ(take(kOld, 2), Finding{Kind::kLate});
  EXPECT_EQ(take(kOld, 2), Finding{Kind::kRepeated});
  EXPECT_EQ(take(kOld, 3), Finding{Kind::kLate});
  EXPECT_EQ(take(kOld, 4), Finding{Kind::kRepeated});
  EXPECT_EQ(take(kNew, 5), Finding{Kind::kNext});
}

TEST_F(ContinuityTest, SeesTheNewestOnceMoreAsARepetition) {
  (void)take(kOld, 7);

  EXPECT_EQ(take(kNew, 7), Finding{Kind::kRepeated});
  EXPECT_EQ(take(kNew, 8), Finding{Kind::kNext});
}

TEST_F(ContinuityTest, BeginsAnewWhenNumbersGoBackOnOneConnection) {
  (void)take(kOld, 100);

  EXPECT_EQ(take(kOld, 1), Finding{Kind::kRestarted});
  EXPECT_EQ(take(kOld, 2), Finding{Kind::kNext});
}

TEST_F(ContinuityTest, BeginsAnewWhenTheMessageSaysSo) {
  (void)take(kOld, 10);

  EXPECT_EQ(take(kOld, Numbering{.sequence = 15, .restarts = true}), Finding{Kind::kRestarted});
  EXPECT_EQ(take(kOld, 16), Finding{Kind::kNext});
}

TEST_F(ContinuityTest, FollowsAChainOfNumbersThatAreNotConsecutive) {
  (void)take(kOld, Numbering{.sequence = 10});

  EXPECT_EQ(take(kOld, Numbering{.sequence = 17, .previous = 10}), Finding{Kind::kNext});
  EXPECT_EQ(take(kOld, Numbering{.sequence = 30, .previous = 25}),
            (Finding{Kind::kAhead, std::nullopt, true}));
  // Ranges may overlap where two snapshots meet.
  EXPECT_EQ(take(kNew, Numbering{.sequence = 35, .previous = 28}), Finding{Kind::kNext});
}

TEST_F(ContinuityTest, ASnapshotOfAConnectionThatGoesOnBehindAnotherIsACopy) {
  const auto snapshot = [](std::uint64_t sequence) {
    return Numbering{.sequence = sequence, .restarts = true};
  };
  (void)take(kOld, 9);
  (void)take(kNew, snapshot(10));

  EXPECT_EQ(continuity.judge(kOld, snapshot(10)), Finding{Kind::kRepeated});
  EXPECT_EQ(continuity.judge(kOld, snapshot(8)), Finding{Kind::kRestarted}) << "it has gone back";
  EXPECT_EQ(continuity.judge(kNew, snapshot(10)), Finding{Kind::kRestarted}) << "it says so itself";
}

TEST_F(ContinuityTest, ASnapshotOfAConnectionThatHasBroughtCopiesOnlyIsACopy) {
  (void)take(kOld, 10);
  continuity.note_copy(kNew, {.sequence = 10, .restarts = true});
  (void)take(kOld, {.sequence = 11, .restarts = true});

  EXPECT_EQ(take(kNew, {.sequence = 11, .restarts = true}), Finding{Kind::kRepeated});
}

TEST_F(ContinuityTest, ASnapshotOfTheConnectionBeforeBothOfASwitchoverIsACopy) {
  const Numbering snapshot{.sequence = 11, .restarts = true};
  (void)take(ConnectionId{ShardId{0}, Generation{7}}, 9);
  (void)take(ConnectionId{ShardId{0}, Generation{8}}, 10);
  (void)take(ConnectionId{ShardId{0}, Generation{9}}, snapshot);

  EXPECT_EQ(continuity.judge(ConnectionId{ShardId{0}, Generation{7}}, snapshot),
            Finding{Kind::kRepeated});
}

TEST_F(ContinuityTest, ASnapshotOfAnEarlierConnectionOfTheShardIsACopy) {
  (void)take(kNew, 700);

  EXPECT_EQ(take(kOld, {.sequence = 677, .restarts = true}), Finding{Kind::kRepeated});
}

TEST_F(ContinuityTest, ASnapshotWithTheVeryLastNumberIsACopy) {
  constexpr ConnectionId kThird{ShardId{2}, Generation{1}};
  (void)take(kOld, 10);

  EXPECT_EQ(take(kThird, {.sequence = 10, .restarts = true}), Finding{Kind::kRepeated});
  EXPECT_EQ(take(kThird, {.sequence = 9, .restarts = true}), Finding{Kind::kRestarted});
}

TEST_F(ContinuityTest, KnowsOfOneConnectionOnlyWhereEachCountsAnew) {
  const auto own = [](std::uint64_t sequence) {
    return Numbering{.sequence = sequence, .scope = NumberingScope::kConnection};
  };
  (void)take(kOld, own(1));
  (void)take(kOld, own(2));

  EXPECT_EQ(take(kNew, own(1)), Finding{Kind::kFirst});
  EXPECT_EQ(take(kNew, own(3)), (Finding{Kind::kAhead, 1, true}));
  EXPECT_EQ(take(kNew, own(3)), Finding{Kind::kRepeated});
  EXPECT_EQ(take(kNew, own(2)), Finding{Kind::kRestarted});
  EXPECT_EQ(take(kOld, own(3)), Finding{Kind::kNext});
}

TEST_F(ContinuityTest, WhatPassesOverNumbersOfItsOwnWhileAnotherSpokeSaysNothing) {
  const auto own = [](std::uint64_t sequence) {
    return Numbering{.sequence = sequence, .scope = NumberingScope::kConnection};
  };
  (void)take(kOld, own(7));
  (void)take(kNew, own(1));
  EXPECT_EQ(take(kOld, own(9)), Finding{Kind::kFirst}) << "8 may be what the new one has brought";

  continuity.note_copy(kNew, own(2));

  EXPECT_EQ(take(kNew, own(3)), Finding{Kind::kNext});
  EXPECT_EQ(take(kNew, own(5)), (Finding{Kind::kAhead, 1, true}));
}

TEST_F(ContinuityTest, OneThatHasComeAsFarAsTheOtherAnswersForItsOwnHoles) {
  const auto own = [](std::uint64_t sequence, std::uint64_t key) {
    return Numbering{.sequence = sequence, .scope = NumberingScope::kConnection, .key = key};
  };
  (void)take(kNew, own(1, 10));
  (void)take(kOld, own(8, 11));
  (void)take(kOld, own(9, 12));

  continuity.note_copy(kNew, own(2, 11));
  EXPECT_EQ(continuity.judge(kNew, own(4, 13)), Finding{Kind::kFirst}) << "3 was its copy of 12";
  continuity.note_copy(kNew, own(3, 12));

  EXPECT_EQ(continuity.judge(kNew, own(5, 14)), (Finding{Kind::kAhead, 1, true}));
  EXPECT_EQ(continuity.judge(kOld, own(11, 14)), (Finding{Kind::kAhead, 1, true})) << "so does it";
}

TEST_F(ContinuityTest, NeverForgetsTheOneThatLeads) {
  (void)take(kOld, 10);
  for (std::uint32_t shard = 1; shard <= 7; ++shard)
    continuity.note_copy({ShardId{shard}, Generation{1}}, {.sequence = 10});

  EXPECT_EQ(take(kOld, 12), (Finding{Kind::kAhead, 1, true}));
}

TEST_F(ContinuityTest, JudgesWithoutTakingIn) {
  (void)take(kOld, 1);

  const Finding first = continuity.judge(kOld, {.sequence = 9});

  EXPECT_EQ(first, continuity.judge(kOld, {.sequence = 9}));
  EXPECT_EQ(continuity.last(), 1U);
}

TEST_F(ContinuityTest, ForgetsTheConnectionThatHasBeenSilentForLongest) {
  constexpr ConnectionId kThird{ShardId{3}, Generation{1}};
  constexpr ConnectionId kFourth{ShardId{4}, Generation{1}};
  (void)take(kOld, 9);
  (void)take(kNew, 10);
  (void)take(kFourth, 11);
  (void)take(kThird, 12);

  // As if it came from a connection that was never heard of: no hole of its own.
  EXPECT_EQ(take(kOld, 14), (Finding{Kind::kAhead, 1, false}));
  EXPECT_EQ(take(kThird, 16), (Finding{Kind::kAhead, 1, true}));
}

TEST(ContinuityKindTest, HasAWordForEach) {
  EXPECT_EQ(to_string(Kind::kAhead), "ahead");
  EXPECT_EQ(to_string(Kind::kLate), "late");
}

}  // namespace
}  // namespace wsm
