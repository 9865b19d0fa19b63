// Connections that have been told to end a subscription, and may still bring it.

#include "core/join/joins.h"
#include "unit/core/join/joins_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::kId;
using test::kNew;
using test::kOld;

class JoinsLeavingTest : public test::JoinsFixture {};

TEST_F(JoinsLeavingTest, WhoLeavesHasTimeWhileNothingIsRead) {
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

TEST_F(JoinsLeavingTest, WhoHasLeftForGoodBringsWhatIsMissingOnly) {
  constexpr ConnectionId kNext{ShardId{1}, Generation{1}};
  joins.add_connection(kNext);
  joins.begin(kId, kNext, {.connection = kOld, .number = 10}, Speech::kSpeaking, now);
  overlap_with_third();
  joins.leave(kId, kOld.shard, now);
  let_linger(kOld);
  ASSERT_FALSE(joins.empty());

  EXPECT_EQ(bring(kOld, 12), JoinFate::kDrop) << "others carry it";
  EXPECT_EQ(bring(kOld, 11), JoinFate::kDeliver) << "and have not begun yet";
  EXPECT_EQ(bring(kNext, 11), JoinFate::kDrop);
  EXPECT_EQ(bring(kNext, 12), JoinFate::kDeliver);
  EXPECT_EQ(bring_note(kOld), JoinFate::kDrop);
}

TEST_F(JoinsLeavingTest, WhoHasLeftForGoodSaysNothingOfNumbersThatHaveBegunAnew) {
  constexpr ConnectionId kNext{ShardId{1}, Generation{1}};
  joins.add_connection(kNext);
  joins.begin(kId, kNext, {.connection = kOld, .number = 10}, Speech::kSpeaking, now);
  overlap_with_third();
  EXPECT_EQ(bring(kNext, 11), JoinFate::kDeliver);
  EXPECT_EQ(bring(kNext, 1), JoinFate::kDeliver);
  joins.leave(kId, kOld.shard, now);
  let_linger(kOld);
  ASSERT_FALSE(joins.empty());

  EXPECT_EQ(bring(kOld, 2), JoinFate::kDrop);
}

// The request to end it may have to wait, or cannot be rendered.
TEST_F(JoinsLeavingTest, WhoseServerHasNotBeenToldYetIsNotGone) {
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

TEST_F(JoinsLeavingTest, WhoHasBeenToldIsNoPartOfIt) {
  joins.restart(kId, now);
  joins.handle_told(kId, kOld, now);

  joins.begin(kId, kNew, {}, Speech::kSilent, now);

  EXPECT_TRUE(joins.empty());
}

/// It has brought the last message, and has more under way.
TEST_F(JoinsLeavingTest, WhoHasBeenToldJustNowMayStillBringSomething) {
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
TEST_F(JoinsLeavingTest, WhoHasBeenToldAndWasSilentHoldsNoNewBeginningUp) {
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
TEST_F(JoinsLeavingTest, WhoHasBeenToldBeforeAPauseMayStillBringSomething) {
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
TEST_F(JoinsLeavingTest, WhoHasLeftIsNoPartOfALaterOne) {
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

TEST_F(JoinsLeavingTest, WhoeverIsAskedWhenOnlyOneIsLeftWhoLeavesJoinsHim) {
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

TEST_F(JoinsLeavingTest, IsOverWhenWhoLeavesHasLeft) {
  overlap();
  joins.leave(kId, kOld, now);
  joins.handle_told(kId, kOld, now);
  joins.end_connection(kNew, now);
  ASSERT_FALSE(joins.empty());

  now += Joins::kLinger;
  joins.handle_timeout(now);

  EXPECT_TRUE(joins.empty());
}

TEST_F(JoinsLeavingTest, WhoHasNotBeenToldYetHoldsNobodyUp) {
  joins.leave(kId, kOld.shard, now);
  joins.begin(kId, kNew, {.connection = kOld, .number = 10}, Speech::kSilent, now);
  (void)bring(kNew, 11);
  EXPECT_EQ(bring_note(kNew), JoinFate::kDeliver);

  let_linger(kOld);
  EXPECT_TRUE(joins.empty());
}

}  // namespace
}  // namespace wsm
