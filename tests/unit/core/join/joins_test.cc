#include "core/join/joins.h"

#include "unit/core/join/join_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::kNew;
using test::kOld;

constexpr SubscriptionId kId{3};

class JoinsTest : public ::testing::Test {
 protected:
  JoinsTest() {
    joins.add_connection(kOld);
    joins.add_connection(kNew);
    joins.begin(kId, kOld, {}, Speech::kSpeaking, now);
  }
  void overlap() {
    joins.begin(kId, kNew, {.connection = kOld, .number = 10}, Speech::kSpeaking, now);
  }
  /// Of another shard again.
  void overlap_with_third() {
    constexpr ConnectionId kThird{ShardId{2}, Generation{1}};
    joins.add_connection(kThird);
    joins.begin(kId, kThird, {.connection = kOld, .number = 10}, Speech::kSpeaking, now);
  }
  JoinFate bring(ConnectionId connection, std::uint64_t number, std::string_view text = "x") {
    const Inspected data{
        .role = MessageRole::kData, .subscription = kId, .numbering = {.sequence = number}};
    return joins.handle(kId, connection, test::text_message(text), data, now);
  }
  /// A message without a number.
  JoinFate bring_note(ConnectionId connection) {
    const Inspected note{.role = MessageRole::kData, .subscription = kId, .numbering = {}};
    return joins.handle(kId, connection, test::text_message("note"), note, now);
  }
  std::vector<std::uint64_t> released() {
    std::vector<std::uint64_t> numbers;
    while (const auto one = joins.poll_released()) {
      EXPECT_EQ(one->id, kId);
      numbers.push_back(*one->message.numbering.sequence);
    }
    return numbers;
  }

  TimePoint now{1h};
  Outbox out;
  Joins joins{{.held_bytes_max = 2 * HeldMessage::footprint(4)}, out};
};

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

TEST_F(JoinsTest, WhoLeavesHasTimeWhileNothingIsRead) {
  constexpr ConnectionId kNext{ShardId{1}, Generation{1}};
  joins.add_connection(kNext);
  joins.begin(kId, kNext, {.connection = kOld, .number = 10}, Speech::kSpeaking, now);
  joins.leave(kId, kOld.shard, now);
  joins.handle_told(kId, kOld, now);
  now += 10s;
  joins.pause(now);
  now += 1h;
  joins.resume(now);
  now += Joins::kLinger - 10s - 1ns;
  joins.handle_timeout(now);

  EXPECT_EQ(bring(kNext, 11), JoinFate::kDeliver);
  EXPECT_EQ(bring(kOld, 11), JoinFate::kDrop);
}

TEST_F(JoinsTest, WhoHasLeftForGoodBringsWhatIsMissingOnly) {
  constexpr ConnectionId kNext{ShardId{1}, Generation{1}};
  joins.add_connection(kNext);
  joins.begin(kId, kNext, {.connection = kOld, .number = 10}, Speech::kSpeaking, now);
  overlap_with_third();
  joins.leave(kId, kOld.shard, now);
  joins.handle_told(kId, kOld, now);
  now += Joins::kLinger;
  joins.handle_timeout(now);
  ASSERT_FALSE(joins.empty());

  EXPECT_EQ(bring(kOld, 12), JoinFate::kDrop) << "others carry it";
  EXPECT_EQ(bring(kOld, 11), JoinFate::kDeliver) << "and have not begun yet";
  EXPECT_EQ(bring(kNext, 11), JoinFate::kDrop);
  EXPECT_EQ(bring(kNext, 12), JoinFate::kDeliver);
  EXPECT_EQ(bring_note(kOld), JoinFate::kDrop);
}

TEST_F(JoinsTest, WhoHasLeftForGoodSaysNothingOfNumbersThatHaveBegunAnew) {
  constexpr ConnectionId kNext{ShardId{1}, Generation{1}};
  joins.add_connection(kNext);
  joins.begin(kId, kNext, {.connection = kOld, .number = 10}, Speech::kSpeaking, now);
  overlap_with_third();
  EXPECT_EQ(bring(kNext, 11), JoinFate::kDeliver);
  EXPECT_EQ(bring(kNext, 1), JoinFate::kDeliver);
  joins.leave(kId, kOld.shard, now);
  joins.handle_told(kId, kOld, now);
  now += Joins::kLinger;
  joins.handle_timeout(now);
  ASSERT_FALSE(joins.empty());

  EXPECT_EQ(bring(kOld, 2), JoinFate::kDrop);
}

// The request to end it may have to wait, or cannot be rendered.
TEST_F(JoinsTest, WhoseServerHasNotBeenToldYetIsNotGone) {
  constexpr ConnectionId kNext{ShardId{1}, Generation{1}};
  joins.add_connection(kNext);
  joins.begin(kId, kNext, {.connection = kOld, .number = 10}, Speech::kSpeaking, now);
  joins.leave(kId, kOld.shard, now);
  now += 1h;
  joins.handle_timeout(now);
  EXPECT_EQ(bring(kNext, 11), JoinFate::kDeliver);
  EXPECT_EQ(bring(kOld, 11), JoinFate::kDrop);
  EXPECT_EQ(bring(kOld, 12), JoinFate::kDeliver);
  EXPECT_EQ(bring(kNext, 12), JoinFate::kDrop);

  joins.handle_told(kId, kOld, now);
  EXPECT_EQ(joins.next_deadline(), now + Joins::kLinger);
  now += Joins::kLinger;
  joins.handle_timeout(now);

  EXPECT_TRUE(joins.empty());
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
  joins.handle_told(kId, kOld, now);
  now += Joins::kLinger;
  joins.handle_timeout(now);
  EXPECT_TRUE(joins.empty());
}

TEST_F(JoinsTest, WhoHasBeenToldIsNoPartOfIt) {
  joins.restart(kId, now);
  joins.handle_told(kId, kOld, now);

  joins.begin(kId, kNew, {}, Speech::kSilent, now);

  EXPECT_TRUE(joins.empty());
}

/// It has brought the last message, and has more under way.
TEST_F(JoinsTest, WhoHasBeenToldJustNowMayStillBringSomething) {
  joins.leave(kId, kOld.shard, now);
  joins.handle_told(kId, kOld, now);
  now += Joins::kLinger - 1s;
  overlap();

  EXPECT_EQ(bring(kOld, 11), JoinFate::kDeliver);
  EXPECT_EQ(bring(kNew, 11), JoinFate::kDrop);

  now += 1s;
  joins.handle_timeout(now);
  EXPECT_TRUE(joins.empty());
}

/// But it has been silent: the snapshot of the next one is waited for.
TEST_F(JoinsTest, WhoHasBeenToldAndWasSilentHoldsNoNewBeginningUp) {
  now += 1min;
  joins.leave(kId, kOld.shard, now);
  joins.handle_told(kId, kOld, now);
  joins.begin(kId, kNew, {.connection = kOld, .number = 1'000, .at = now - 1min}, Speech::kSilent,
              now);
  const Inspected snapshot{.role = MessageRole::kData,
                           .subscription = kId,
                           .numbering = {.sequence = 1, .restarts = true}};

  EXPECT_EQ(joins.handle(kId, kNew, test::text_message("x"), snapshot, now), JoinFate::kHold);

  EXPECT_THAT(released(), ::testing::ElementsAre(1U));
}

/// Time in which nothing is read does not count.
TEST_F(JoinsTest, WhoHasBeenToldBeforeAPauseMayStillBringSomething) {
  joins.leave(kId, kOld.shard, now);
  joins.handle_told(kId, kOld, now);
  joins.pause(now);
  now += 10 * Joins::kLinger;
  joins.resume(now);

  overlap();

  EXPECT_EQ(bring(kOld, 11), JoinFate::kDeliver);
  EXPECT_EQ(bring(kNew, 11), JoinFate::kDrop);
}

/// It has brought the last message, and somebody else carries it now.
TEST_F(JoinsTest, WhoHasLeftIsNoPartOfALaterOne) {
  constexpr ConnectionId kThird{ShardId{2}, Generation{1}};
  joins.add_connection(kThird);
  joins.leave(kId, kOld.shard, now);
  joins.handle_told(kId, kOld, now);
  now += Joins::kLinger;
  joins.begin(kId, kNew, {.connection = kOld, .number = 10}, Speech::kSilent, now);
  EXPECT_TRUE(joins.empty());

  joins.begin(kId, kThird, {.connection = kOld, .number = 10}, Speech::kSilent, now);
  EXPECT_EQ(bring(kThird, 11), JoinFate::kDeliver) << "nobody is known to speak";
  EXPECT_EQ(bring(kNew, 11), JoinFate::kDrop);
  EXPECT_EQ(bring(kOld, 11), JoinFate::kDeliver) << "as what nobody has asked it for";
}

TEST_F(JoinsTest, WhoeverIsAskedWhenOnlyOneIsLeftWhoLeavesJoinsHim) {
  overlap();
  ASSERT_EQ(bring(kOld, 11), JoinFate::kDeliver);
  ASSERT_EQ(bring(kNew, 11), JoinFate::kDrop);
  joins.leave(kId, kOld, now);
  joins.handle_told(kId, kOld, now);
  joins.end_connection(kNew, now);

  overlap_with_third();

  EXPECT_EQ(bring(kOld, 12), JoinFate::kDeliver);  // Its server is slow to end it.
  EXPECT_EQ(bring(ConnectionId{ShardId{2}, Generation{1}}, 12), JoinFate::kDrop);
}

TEST_F(JoinsTest, IsOverWhenWhoLeavesHasLeft) {
  overlap();
  joins.leave(kId, kOld, now);
  joins.handle_told(kId, kOld, now);
  joins.end_connection(kNew, now);
  ASSERT_FALSE(joins.empty());

  now += Joins::kLinger;
  joins.handle_timeout(now);

  EXPECT_TRUE(joins.empty());
}

TEST_F(JoinsTest, WhoHasNotBeenToldYetHoldsNobodyUp) {
  joins.leave(kId, kOld.shard, now);
  joins.begin(kId, kNew, {.connection = kOld, .number = 10}, Speech::kSilent, now);
  (void)bring(kNew, 11);
  EXPECT_EQ(bring_note(kNew), JoinFate::kDeliver);

  joins.handle_told(kId, kOld, now);
  now += Joins::kLinger;
  joins.handle_timeout(now);
  EXPECT_TRUE(joins.empty());
}

}  // namespace
}  // namespace wsm
