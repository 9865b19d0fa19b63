// health(), which an application's own health check asks.

#include <future>

#include "manager/manager_fixture.h"

namespace wsm::testing {
namespace {

using ::testing::SizeIs;

class HealthTest : public ManagerFixture {
 protected:
  /// Two connections, whose server answers nothing but the upgrade.
  void start_two_shards() {
    config.max_subscriptions_per_shard(1);
    initial = topics(1, 2);
    make(deaf.url());
    ASSERT_TRUE(manager->start());
    ASSERT_TRUE(manager->wait_until_live(kPatience));
  }

  RawServer deaf{[](RawConnection& connection) {
    if (connection.accept_upgrade()) connection.wait_until_closed();
  }};
};

TEST_F(HealthTest, IsBadBeforeStartAndAfterStop) {
  start_venue();
  make(venue->url());
  EXPECT_FALSE(manager->health().is_healthy);
  ASSERT_TRUE(manager->start());
  ASSERT_TRUE(manager->wait_until_live(kPatience));
  EXPECT_TRUE(manager->health().is_healthy);

  ASSERT_TRUE(manager->stop(kPatience));

  EXPECT_FALSE(manager->health().is_healthy);
  EXPECT_FALSE(manager->health(0.0).is_healthy);
}

TEST_F(HealthTest, IsBadWhileTheManagerStops) {
  start_two_shards();
  auto stopped = std::async(std::launch::async, [&] { return manager->stop(kPatience); });

  ASSERT_TRUE(eventually(
      [&] { return manager->reconnect_shard(ShardId{77}).error().code == Errc::kStopped; }));

  EXPECT_FALSE(manager->health().is_healthy);
  (void)stopped.get();
}

TEST_F(HealthTest, DoesNotCountAShardThatIsClosedOnPurpose) {
  start_two_shards();

  manager->unsubscribe(topics(1, 1));

  EXPECT_THAT(snapshot().shards, SizeIs(2));
  EXPECT_EQ(manager->shard_count(), 1U);
  EXPECT_EQ(manager->health().shards, 1U);
  EXPECT_TRUE(manager->health().is_healthy);
}

}  // namespace
}  // namespace wsm::testing
