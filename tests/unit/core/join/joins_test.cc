#include "core/join/joins.h"

#include "unit/core/join/joins_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::kId;
using test::kNew;
using test::kOld;

class JoinsTest : public test::JoinsFixture {};

TEST_F(JoinsTest, HasNothingToDoForOneConnection) {
  EXPECT_TRUE(joins.empty());
  EXPECT_EQ(bring(kOld, 1), JoinFate::kDeliver);
  EXPECT_EQ(bring(kOld, 1), JoinFate::kDeliver);
}

TEST_F(JoinsTest, JoinsTwo) {
  overlap();

  EXPECT_EQ(bring(kOld, 11), JoinFate::kDeliver);
  EXPECT_EQ(bring(kNew, 11), JoinFate::kDrop);

  EXPECT_TRUE(joins.is_proven(kId, kNew));
  EXPECT_EQ(joins.last_data(kId, kNew), now);
  EXPECT_EQ(out.counters.duplicates_removed, 1U);
}

TEST_F(JoinsTest, JoinsNothingWithAConnectionThatHasEnded) {
  joins.end_connection(kOld, now);

  overlap();

  EXPECT_TRUE(joins.empty());
  EXPECT_FALSE(joins.may_bring(kOld));
}

TEST_F(JoinsTest, IsOverWhenOneConnectionIsLeft) {
  overlap();
  (void)bring(kOld, 11);

  joins.end_connection(kOld, now);

  EXPECT_TRUE(joins.empty());
}

TEST_F(JoinsTest, ReleasesWhatHasWaitedInOrder) {
  overlap();
  EXPECT_EQ(bring(kNew, 13), JoinFate::kHold);
  EXPECT_EQ(bring(kNew, 14), JoinFate::kHold);
  EXPECT_EQ(out.counters.messages_held, 2U);
  EXPECT_EQ(joins.held_bytes(), 2 * HeldMessage::footprint(1));

  joins.end_connection(kOld, now);

  EXPECT_EQ(released(), (std::vector<std::uint64_t>{13, 14}));
  EXPECT_EQ(joins.held_bytes(), 0U);
  EXPECT_TRUE(joins.empty());
}

TEST_F(JoinsTest, ReleasesInTime) {
  overlap();
  (void)bring(kNew, 13);
  ASSERT_EQ(joins.next_deadline(), now + NumberJoin::kSettle);

  now += NumberJoin::kSettle;
  joins.handle_timeout(now);

  EXPECT_EQ(released(), (std::vector<std::uint64_t>{13}));
  EXPECT_EQ(joins.next_deadline(), std::nullopt);
}

TEST_F(JoinsTest, TimeInWhichNothingIsReadDoesNotCount) {
  overlap();
  (void)bring(kNew, 13);
  now += 2s;
  joins.pause(now);
  EXPECT_EQ(joins.next_deadline(), std::nullopt);
  now += 1h;
  joins.handle_timeout(now);
  EXPECT_THAT(released(), ::testing::IsEmpty());

  joins.resume(now);

  EXPECT_EQ(joins.next_deadline(), now + NumberJoin::kSettle - 2s);
  EXPECT_EQ(bring(kOld, 11), JoinFate::kDeliver);
  EXPECT_EQ(bring(kOld, 12), JoinFate::kDeliver);
  EXPECT_EQ(released(), (std::vector<std::uint64_t>{13}));
}

TEST_F(JoinsTest, TheEndOfAConnectionThatIsNotReadReleasesNothingByTime) {
  constexpr ConnectionId kThird{ShardId{1}, Generation{1}};
  joins.add_connection(kThird);
  overlap();
  joins.begin(kId, kThird, {.connection = kOld, .number = 10}, Speech::kSpeaking, now);
  (void)bring(kNew, 13);
  joins.pause(now);
  now += 1h;

  joins.end_connection(kThird, now);

  EXPECT_THAT(released(), ::testing::IsEmpty()) << "the old one may have what is missing";
}

TEST_F(JoinsTest, WhatWasOverdueBeforeAPauseGetsTimeToRead) {
  overlap();
  (void)bring(kNew, 13);
  joins.pause(now);
  now += 1h;
  joins.resume(now);
  now += NumberJoin::kSettle;
  joins.pause(now);

  joins.resume(now);

  EXPECT_EQ(joins.next_deadline(), now + kReadingTime);
}

TEST_F(JoinsTest, HoldsNoMoreThanItMay) {
  overlap();
  (void)bring(kNew, 13, "1234");
  (void)bring(kNew, 14, "5678");
  EXPECT_EQ(joins.held_bytes(), 2 * HeldMessage::footprint(4));

  (void)bring(kNew, 15, "9");

  EXPECT_EQ(joins.held_bytes(), 0U);
  EXPECT_TRUE(joins.is_covered_without(kId, kNew)) << "by the old one, which lacks nothing";
  EXPECT_EQ(bring(kNew, 16), JoinFate::kHold);
  for (const std::uint64_t number : {11U, 12U, 13U, 14U, 15U}) {
    EXPECT_EQ(bring(kOld, number), JoinFate::kDeliver);
  }
  EXPECT_EQ(released(), (std::vector<std::uint64_t>{16}));
}

TEST_F(JoinsTest, ForgetsWhatNobodyWants) {
  overlap();
  (void)bring(kNew, 13);

  joins.end(kId);

  EXPECT_TRUE(joins.empty());
  EXPECT_EQ(joins.held_bytes(), 0U);
  EXPECT_EQ(joins.next_deadline(), std::nullopt);
}

TEST_F(JoinsTest, BeginsAnewWithWhatIsWantedAgain) {
  overlap();
  (void)bring(kOld, 11);

  joins.restart(kId, now);

  EXPECT_EQ(bring(kOld, 11), JoinFate::kDeliver);
  EXPECT_EQ(bring(kNew, 11), JoinFate::kDrop);
}

TEST_F(JoinsTest, JoinsWhoWasAskedBeforeAndHasBroughtNothing) {
  joins.begin(kId, kNew, {}, Speech::kSpeaking, now);

  EXPECT_EQ(bring(kNew, 2), JoinFate::kHold);
  EXPECT_EQ(bring(kOld, 1), JoinFate::kDeliver);
  EXPECT_EQ(released(), (std::vector<std::uint64_t>{2}));
}

/// Whoever had the id before carries something else.
TEST_F(JoinsTest, WhoIsAskedAfterTheEndIsTheFirst) {
  joins.end(kId);

  joins.begin(kId, kNew, {}, Speech::kSilent, now);

  EXPECT_TRUE(joins.empty());
}

TEST_F(JoinsTest, WhatIsWantedAgainElsewhereWaitsForNobody) {
  joins.restart(kId, now);
  joins.begin(kId, kNew, {}, Speech::kSilent, now);
  EXPECT_EQ(bring(kNew, 5), JoinFate::kDeliver);
  EXPECT_EQ(bring(kOld, 5), JoinFate::kDrop) << "it had not been told to end it";

  EXPECT_EQ(bring_note(kNew), JoinFate::kDeliver);
  let_linger(kOld);
  EXPECT_TRUE(joins.empty());
}

}  // namespace
}  // namespace wsm
