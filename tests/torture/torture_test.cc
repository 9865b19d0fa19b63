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

}  // namespace
}  // namespace wsm::testing
