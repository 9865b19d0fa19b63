#include "demo/performance.h"

#include <gmock/gmock.h>

namespace wsm::demo {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::Ne;
using ::testing::SizeIs;

class FakeScreen final : public Screen {
 public:
  Duration interval() const override { return 100ms; }
  void show(const Frame& frame) override { frames.push_back(frame); }
  void leave() override { has_left = true; }
  void print(std::string_view) override {}
  int write_error() const override { return 0; }

  std::vector<Frame> frames;
  bool has_left = false;
};

/// The real thing over real sockets: three shards, as in `wsm demo`, but small.
class PerformanceTest : public ::testing::Test {
 protected:
  Plan plan{.length = 6s,
            .topics = 60,
            .rate = 600,
            .seed = 1,
            .redundancy = 1,
            .subscriptions_per_connection = 20,
            .shards = 3,
            .data_timeout = 1s};
  FakeScreen screen;
};

TEST_F(PerformanceTest, ExplainsEverythingThatWentWrong) {
  const auto account = perform(plan, screen, [] { return false; });

  ASSERT_TRUE(account);
  EXPECT_EQ(account->unexplained, Toll{});
  EXPECT_EQ(account->lost_though_sent, 0U);
  EXPECT_EQ(account->topics_live, 60U);
  EXPECT_TRUE(account->is_whole());
  EXPECT_EQ(account->received, account->sent - account->total.lost + account->total.duplicated);
  EXPECT_THAT(account->entries,
              AllOf(SizeIs(kIncidents), Each(Field(&Entry::restored_after, Ne(std::nullopt)))));
}

TEST_F(PerformanceTest, MovesTopicsToTheLastShardAndLosesNothingWithIt) {
  plan.topics = 45;

  const auto account = perform(plan, screen, [] { return false; });

  ASSERT_TRUE(account);
  EXPECT_TRUE(account->is_whole());
  ASSERT_TRUE(account->rebalance);
  EXPECT_EQ(account->rebalance->proven, 8U) << "20, 20 and 5 become 16, 16 and 13";
}

TEST_F(PerformanceTest, LosesNothingAtAllWithTwoConnectionsForEachTopic) {
  plan.redundancy = 2;
  plan.shards = 6;

  const auto account = perform(plan, screen, [] { return false; });

  ASSERT_TRUE(account);
  EXPECT_TRUE(account->is_whole());
  EXPECT_EQ(account->total, Toll{});
  EXPECT_THAT(account->entries, SizeIs(kIncidents));
  EXPECT_GE(account->ledger.duplicates_removed, account->sent / 2);
}

TEST_F(PerformanceTest, ShowsHowItGoesAndLeavesTheScreen) {
  plan.length = 1s;

  const auto account = perform(plan, screen, [] { return false; });

  ASSERT_TRUE(account);
  EXPECT_GE(screen.frames.size(), 5U);
  EXPECT_TRUE(screen.has_left);
  EXPECT_THAT(screen.frames.back().shards,
              AllOf(SizeIs(3), Each(Field(&ShardLine::subscriptions, 20U))));
}

TEST_F(PerformanceTest, AnInterruptEndsItEarlyWithAWholeAccount) {
  plan.length = 1h;
  const auto has_begun = [&] { return screen.frames.size() >= 3; };

  const auto account = perform(plan, screen, has_begun);

  ASSERT_TRUE(account);
  EXPECT_THAT(account->entries, IsEmpty());
  EXPECT_GT(account->received, 0U);
  EXPECT_TRUE(account->is_whole());
}

}  // namespace
}  // namespace wsm::demo
