// Subscriptions move between connections of a busy feed, against the venue's record.

#include "manager/manager_fixture.h"

namespace wsm::testing {
namespace {

using ::testing::Each;
using ::testing::Field;
using ::testing::IsEmpty;

class RebalanceTest : public ManagerFixture, public ::testing::WithParamInterface<bool> {
 protected:
  void SetUp() override {
    venue_options.topics = 60;
    venue_options.messages_per_second = 8'000;
    initial = topics(1, 60);
    config.max_subscriptions_per_shard(10).auto_rebalance(false).low_latency_mode(GetParam());
    look = inspect_data;
    start_live();
  }
};

TEST_P(RebalanceTest, LosesNothingOnABusyFeed) {
  std::vector<std::string> ended;
  for (const std::uint32_t shard : {1U, 2U, 3U}) {
    auto carried = manager->shard_subscriptions(ShardId{shard}).value();
    carried.pop_back();
    ended.insert(ended.end(), carried.begin(), carried.end());
  }
  manager->unsubscribe(ended);
  ASSERT_EQ(manager->shard_count(), 6U);

  const auto moves = manager->rebalance();
  ASSERT_TRUE(moves);
  EXPECT_GT(*moves, 0U);
  ASSERT_TRUE(wait_for_event<event::RebalanceFinished>());
  EXPECT_TRUE(wait_for_data(notes().data + 1'000));

  EXPECT_EQ(manager->shard_count(), 4U) << "33 at 90 % of ten";
  EXPECT_EQ(manager->total_subscriptions(), 33U);
  EXPECT_EQ(snapshot().counters.moves, *moves);
  const auto told = notes().events_of<event::SubscriptionMoved>();
  EXPECT_THAT(told, Each(Field(&event::SubscriptionMoved::outcome, MoveOutcome::kProven)));
  EXPECT_TRUE(manager->stop(kPatience));
  EXPECT_THAT(lost(venue->record(), notes()), IsEmpty());
  EXPECT_THAT(interrupted(notes()), IsEmpty());
}

TEST_P(RebalanceTest, HasNothingToDoWhereAllIsWell) {
  EXPECT_EQ(manager->rebalance().value(), 0U);
  EXPECT_EQ(snapshot().counters.rebalances, 0U);
}

INSTANTIATE_TEST_SUITE_P(Delivery, RebalanceTest, ::testing::Bool(), [](const auto& suite) {
  return suite.param ? "OnTheIoThread" : "OnItsOwnThread";
});

}  // namespace
}  // namespace wsm::testing
