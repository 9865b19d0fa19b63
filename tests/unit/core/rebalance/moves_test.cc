#include "core/rebalance/moves.h"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr TimePoint kStart{1h};
constexpr Duration kProofTimeout = 30s;
constexpr SubscriptionId kOne{1};
constexpr SubscriptionId kTwo{2};

class MovesTest : public ::testing::Test {
 protected:
  MovesTest() {
    moves.begin(kOne, ShardId{0}, ShardId{1}, {}, kStart);
    moves.begin(kTwo, ShardId{2}, ShardId{0}, {}, kStart + 1s);
  }

  Moves moves{kProofTimeout};
};

TEST_F(MovesTest, AreDueAfterTheTimeForTheirProof) {
  EXPECT_EQ(moves.next_deadline(), kStart + kProofTimeout);

  EXPECT_THAT(moves.due(kStart + kProofTimeout - 1ns), IsEmpty());
  EXPECT_THAT(moves.due(kStart + kProofTimeout), ElementsAre(kOne));
}

TEST_F(MovesTest, AQuietOneIsFinishedAndADeafOneGivenUp) {
  const TimePoint due = kStart + kProofTimeout;

  EXPECT_EQ(moves.handle_timeout(kOne, Switchover::Evidence::kQuiet, due),
            Moves::Decision::kFinish);
  EXPECT_EQ(moves.handle_timeout(kOne, Switchover::Evidence::kDeaf, due), Moves::Decision::kGiveUp);
}

TEST_F(MovesTest, AnUnansweredOneIsGivenTimeSoManyTimes) {
  TimePoint due = kStart + kProofTimeout;
  for (std::uint32_t i = 0; i < Moves::kExtensions; ++i, due += kProofTimeout) {
    ASSERT_EQ(moves.handle_timeout(kOne, Switchover::Evidence::kUnanswered, due),
              Moves::Decision::kWait);
  }

  EXPECT_THAT(moves.due(due - 1ns), ElementsAre(kTwo));
  EXPECT_EQ(moves.handle_timeout(kOne, Switchover::Evidence::kUnanswered, due),
            Moves::Decision::kGiveUp);
}

TEST_F(MovesTest, TimeInWhichNothingIsReadDoesNotCount) {
  moves.pause(kStart + 10s);
  EXPECT_EQ(moves.next_deadline(), std::nullopt);
  EXPECT_THAT(moves.due(kStart + 1h), IsEmpty());

  moves.resume(kStart + 1h);

  EXPECT_EQ(moves.next_deadline(), kStart + 1h + kProofTimeout - 10s);
}

TEST_F(MovesTest, NamesThoseThatAShardIsIn) {
  moves.handle_changed(ShardId{1});
  EXPECT_THAT(moves.take_changed(), ElementsAre(kOne));

  moves.handle_changed(ShardId{0});
  EXPECT_THAT(moves.take_changed(), ElementsAre(kOne, kTwo));
  EXPECT_FALSE(moves.has_changed());
}

TEST_F(MovesTest, AnEndedOneIsNeverDue) {
  EXPECT_EQ(moves.end(kOne)->to, ShardId{1});

  EXPECT_FALSE(moves.end(kOne));
  EXPECT_EQ(moves.find(kOne), nullptr);
  EXPECT_EQ(moves.next_deadline(), kStart + 1s + kProofTimeout);
}

}  // namespace
}  // namespace wsm
