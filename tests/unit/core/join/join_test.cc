#include "core/join/join.h"

#include "unit/core/join/join_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::kNew;
using test::kOld;

class JoinTest : public ::testing::Test {
 protected:
  JoinTest() { join.add_lane(kNew); }

  JoinFate bring(ConnectionId connection, std::string_view text, const Numbering& numbering) {
    const Inspected data{
        .role = MessageRole::kData, .subscription = SubscriptionId{1}, .numbering = numbering};
    EXPECT_TRUE(join.note_data(connection, now));
    return join.handle(connection, test::text_message(text), data, now);
  }

  TimePoint now{1h};
  Join join{kOld, Speech::kSpeaking, {}};
};

TEST_F(JoinTest, GoesByNumbersWhereThereAreAny) {
  EXPECT_EQ(bring(kOld, "a", {.sequence = 1}), JoinFate::kDeliver);
  EXPECT_EQ(bring(kNew, "in other words", {.sequence = 1}), JoinFate::kDrop);
  EXPECT_TRUE(join.is_proven(kNew));
}

TEST_F(JoinTest, GoesByKeysWhereThereAreNoNumbers) {
  EXPECT_EQ(bring(kOld, "a", {.key = 1}), JoinFate::kDeliver);
  EXPECT_EQ(bring(kNew, "in other words", {.key = 1}), JoinFate::kHold);
  EXPECT_TRUE(join.is_proven(kNew)) << "one is enough";
  EXPECT_FALSE(join.has_released()) << "it was a copy";
}

TEST_F(JoinTest, GoesByPayloadsWhereThereIsNothingElse) {
  // Numbers of a connection say nothing about another one.
  const Numbering own{.sequence = 1, .scope = NumberingScope::kConnection};
  for (const char* text : {"a", "b", "c"}) EXPECT_EQ(bring(kOld, text, own), JoinFate::kDeliver);
  for (const char* text : {"a", "b"}) EXPECT_EQ(bring(kNew, text, own), JoinFate::kHold);
  EXPECT_FALSE(join.is_proven(kNew));
  (void)bring(kNew, "c", own);

  EXPECT_TRUE(join.is_proven(kNew));
  EXPECT_EQ(join.duplicates(), 3U);
  EXPECT_FALSE(join.has_released());
}

TEST_F(JoinTest, TakesWhatHasNoNumberFromWhoServedFirst) {
  (void)bring(kOld, "a", {.sequence = 1});

  EXPECT_EQ(bring(kOld, "note", {}), JoinFate::kDeliver);
  EXPECT_EQ(bring(kNew, "note", {}), JoinFate::kDrop);
}

TEST_F(JoinTest, KnowsWhenEachHasBroughtSomething) {
  EXPECT_EQ(join.last_data(kOld), std::nullopt);
  (void)bring(kOld, "a", {.sequence = 1});

  EXPECT_EQ(join.last_data(kOld), now);
  EXPECT_EQ(join.last_data(kNew), std::nullopt);
}

TEST_F(JoinTest, IsOverWhenOneIsLeft) {
  (void)bring(kOld, "a", {.sequence = 1});
  EXPECT_FALSE(join.is_over());

  join.end_lane(kOld, now);

  EXPECT_TRUE(join.is_over());
}

TEST_F(JoinTest, WaitsForNobodyWhoEndedBeforeTheFirstMessage) {
  join.end_lane(kOld, now);
  join.add_lane({ShardId{0}, Generation{3}});

  EXPECT_EQ(bring(kNew, "b", {.sequence = 2}), JoinFate::kDeliver);
}

TEST_F(JoinTest, BeginsAnew) {
  (void)bring(kOld, "a", {.sequence = 7});

  join.restart();

  EXPECT_FALSE(join.is_proven(kNew));
  EXPECT_EQ(bring(kOld, "a", {.sequence = 7}), JoinFate::kDeliver);
}

/// Another connection brought 226 before it died; kOld has brought it as well, but nothing here.
TEST_F(JoinTest, KnowsHowFarWhoServedHadCome) {
  constexpr ConnectionId kDead{ShardId{2}, Generation{1}};
  const LastDelivered last{
      .connection = kDead,
      .number = 226,
      .carriers = {{{kDead, 226}, {.connection = kOld, .last = 226, .is_of_stream = true}}}};
  Join later{kOld, Speech::kSpeaking, last};
  later.add_lane(kNew);
  const auto take = [&](ConnectionId connection, const Numbering& numbering) {
    const Inspected data{
        .role = MessageRole::kData, .subscription = SubscriptionId{1}, .numbering = numbering};
    return later.handle(connection, test::text_message("x"), data, now);
  };
  (void)take(kNew, {.sequence = 227});
  (void)take(kNew, {.sequence = 1, .restarts = true});
  later.end_lane(kNew, now);

  EXPECT_FALSE(later.is_over()) << "it is behind";
  EXPECT_EQ(take(kOld, {.sequence = 227}), JoinFate::kDrop) << "of the old numbers";
  (void)take(kOld, {.sequence = 1, .restarts = true});
  EXPECT_TRUE(later.is_over());
}

TEST_F(JoinTest, TakesWhatHasNoNumberFromWhoGoesOn) {
  (void)bring(kOld, "a", {.sequence = 1});

  join.leave_lane(kOld, now);

  EXPECT_EQ(bring(kOld, "note", {}), JoinFate::kDrop);
  EXPECT_EQ(bring(kNew, "note", {}), JoinFate::kDeliver);
}

/// Who was told to end it before anything came is waited for as little.
TEST_F(JoinTest, KnowsWhoLeavesWhateverTheMessagesShow) {
  join.leave_lane(kOld, now);

  EXPECT_EQ(bring(kNew, "b", {.sequence = 2}), JoinFate::kDeliver);
}

}  // namespace
}  // namespace wsm
