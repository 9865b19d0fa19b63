// Hooks that are allowed to block, and do so for longer than anybody wants.

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

#include "manager/manager_fixture.h"

namespace wsm::testing {
namespace {

using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::Not;

/// One call of `hook` hangs until the gate opens; `which` says which.
class BlockingHookTest : public ManagerFixture, public ::testing::WithParamInterface<const char*> {
 protected:
  void hang_in_first_call() {
    before = [gate = gate, hook = std::string{GetParam()},
              calls = std::make_shared<std::atomic<int>>()](std::string_view it, auto) {
      if (it == hook && ++*calls == 1) gate->pass();
    };
  }
};

TEST_P(BlockingHookTest, CountsAgainstTheConnectTimeoutAndIsAskedAnew) {
  config.connect_timeout(1s);
  hang_in_first_call();
  start();
  ASSERT_TRUE(gate->wait_for_arrival());

  EXPECT_TRUE(manager->wait_until_live(kPatience));

  ASSERT_TRUE(wait_for_event<event::Connected>());
  const auto ended = notes().events_of<event::Disconnected>();
  ASSERT_THAT(ended, Not(IsEmpty()));
  EXPECT_EQ(ended.front().reason.kind, DisconnectKind::kHookFailed);
  EXPECT_TRUE(wait_for_data());
}

TEST_P(BlockingHookTest, ItsLateAnswerDoesNotTouchTheConnectionThatCameAfter) {
  config.connect_timeout(1s);
  hang_in_first_call();
  start();
  ASSERT_TRUE(gate->wait_for_arrival());
  ASSERT_TRUE(wait_for_event<event::Connected>());
  const auto connects = notes().count<event::Connected>();

  gate->open();

  ASSERT_TRUE(wait_for_data(notes().data + 200));
  EXPECT_EQ(notes().count<event::Connected>(), connects);
  EXPECT_EQ(snapshot().active_connections, 1U);
  EXPECT_TRUE(manager->stop(kPatience));
}

INSTANTIATE_TEST_SUITE_P(Hooks, BlockingHookTest,
                         ::testing::Values("url", "connection_headers", "on_connect"));

/// Or they would keep those waiting that live, each of them for as long as it takes.
TEST_F(ManagerFixture, HooksOfAttemptsThatAreOverAreNotCalled) {
  constexpr std::size_t kShards = 20;  // More than threads for hooks.
  using Attempt = std::pair<ShardId, Generation>;
  initial = topics(1, kShards);
  config.max_subscriptions_per_shard(1).connect_timeout(500ms);
  std::mutex mutex;
  std::vector<Attempt> asked;
  before = [&, gate = gate](std::string_view hook, const ConnectionState* state) {
    if (hook != "url") return;
    {
      const std::lock_guard lock{mutex};
      asked.emplace_back(state->shard_id, state->generation);
    }
    gate->pass();
  };
  start();
  ASSERT_TRUE(wait_for_event<event::Disconnected>(2 * kShards)) << "all are out of time, twice";

  std::vector<Attempt> over;
  for (const auto& ended : notes().events_of<event::Disconnected>()) {
    over.emplace_back(ended.shard, ended.generation);
  }
  {
    const std::lock_guard lock{mutex};
    asked.clear();
  }
  gate->open();
  EXPECT_TRUE(manager->wait_until_live(kPatience));
  EXPECT_TRUE(manager->stop(kPatience));

  const std::lock_guard lock{mutex};
  EXPECT_GE(asked.size(), kShards);
  for (const Attempt& attempt : asked) EXPECT_EQ(std::ranges::count(over, attempt), 0);
}

class BlockingShardTest : public ManagerFixture {};

TEST_F(BlockingShardTest, AHookThatHangsForOneShardHoldsUpNoOther) {
  config.max_subscriptions_per_shard(1);
  before = [gate = gate](std::string_view hook, const ConnectionState* state) {
    if (hook == "url" && state->shard_id == ShardId{1}) gate->pass();
  };
  start();

  EXPECT_TRUE(eventually([&] { return snapshot().active_connections == 2; }));
  EXPECT_TRUE(wait_for_data(100));
  EXPECT_FALSE(manager->health(1.0).is_healthy);
  EXPECT_TRUE(manager->health(0.5).is_healthy);
  gate->open();
  EXPECT_TRUE(manager->wait_until_live(kPatience));
  EXPECT_TRUE(manager->health(1.0).is_healthy);
}

TEST_F(BlockingShardTest, ASlowAnswerOfOnErrorHoldsUpNoData) {
  config.max_subscriptions_per_shard(2);
  before = [gate = gate](std::string_view hook, auto) {
    if (hook == "on_error") gate->pass();
  };
  start_live();

  ASSERT_TRUE(venue->cut(*venue->busiest()));

  ASSERT_TRUE(gate->wait_for_arrival());
  EXPECT_TRUE(eventually([&] { return snapshot().counters.reconnections == 1; }));
  EXPECT_TRUE(manager->wait_until_live(kPatience));
  EXPECT_TRUE(wait_for_data(notes().data + 100));
}

}  // namespace
}  // namespace wsm::testing
