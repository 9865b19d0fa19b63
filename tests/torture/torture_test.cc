// What every manager does: it connects, serves, comes back, and stops.

#include "torture/torture_fixture.h"

namespace wsm::testing {
namespace {

class TortureTest : public TortureFixture {
 protected:
  void cut_the_busiest() {
    if (const auto busiest = venue->busiest()) (void)venue->cut(*busiest);
  }
};

TEST_F(TortureTest, Start) {
  torture([&] { expect_live(); });
}

TEST_F(TortureTest, StopInTheMiddle) {
  torture([] {});
}

TEST_F(TortureTest, LostConnection) {
  torture([&] {
    expect_live();
    cut_the_busiest();
    expect_live();
  });
}

TEST_F(TortureTest, TwoConnectionsForEach) {
  config.redundancy(2);
  torture([&] {
    expect_live();
    cut_the_busiest();
    expect_live();
  });
}

TEST_F(TortureTest, HotSwitchover) {
  torture([&] {
    expect_live();
    (void)command([&] { return manager->hot_switchover(ShardId{0}); });
    expect_live();
  });
}

TEST_F(TortureTest, SubscribeAndUnsubscribe) {
  config.max_subscriptions_per_shard(2);
  torture([&] {
    (void)command([&] { return manager->subscribe(topics(4, 8)); });
    expect_live();
    (void)command([&] { return manager->unsubscribe(topics(1, 6)); });
    expect_live();
  });
}

TEST_F(TortureTest, SubscribeToMany) {
  venue_options.topics = 300;
  config.max_subscriptions_per_shard(100);
  torture([&] {
    (void)command([&] { return manager->subscribe(topics(4, 290)); });
    expect_live();
  });
}

TEST_F(TortureTest, ReconnectAShard) {
  torture([&] {
    expect_live();
    (void)command([&] { return manager->reconnect_shard(ShardId{0}); });
    expect_live();
    EXPECT_TRUE(is_broken() || notes().count<event::Connected>() > 1);
  });
}

TEST_F(TortureTest, RebalanceOfCopies) {
  initial = topics(1, 8);
  look = inspect_data;
  config.redundancy(2).max_subscriptions_per_shard(2).auto_rebalance(false);
  torture([&] {
    expect_live();
    (void)command([&] { return manager->unsubscribe({"T0001", "T0003", "T0005", "T0006"}); });
    const auto begun = command([&] { return manager->rebalance(); });
    if (begun && *begun > 0) expect_event<event::RebalanceFinished>();
    expect_live();
  });
}

}  // namespace
}  // namespace wsm::testing
