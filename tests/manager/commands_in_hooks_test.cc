// Every command from inside every hook, in both modes of delivery.

#include <atomic>
#include <tuple>

#include "manager/manager_fixture.h"

namespace wsm::testing {
namespace {

using ::testing::AnyOf;
using ::testing::Combine;
using ::testing::Values;

enum class Mode { kQueue, kLowLatency };

class CommandsInHookTest
    : public ManagerFixture,
      public ::testing::WithParamInterface<std::tuple<std::string_view, Mode>> {
 protected:
  using Commands = std::function<void(const ConnectionState*)>;

  /// Runs `commands` in the first call of the hook that the test is about.
  void start_with(Commands commands) {
    const auto [hook, mode] = GetParam();
    before = [this, wanted = hook, commands = std::move(commands)](std::string_view it,
                                                                   const ConnectionState* state) {
      if (it == wanted && !was_called.exchange(true)) {
        commands(state);
        is_done = true;
      }
    };
    config.low_latency_mode(mode == Mode::kLowLatency);
    start();
  }

  /// Goes through whatever calls a hook until the one that the test is about has done its work.
  void provoke() {
    (void)eventually([&] { return manager->wait_until_live(10ms) || is_done; });
    manager->unsubscribe({"T0003"});
    ASSERT_TRUE(eventually([&] {
      if (const auto busiest = venue->busiest(); busiest && !is_done) (void)venue->cut(*busiest);
      return is_done.load();
    }));
  }

  std::atomic<bool> was_called = false;
  std::atomic<bool> is_done = false;
};

TEST_P(CommandsInHookTest, EveryCommandIsObeyedOrRefusedAndNoneHangs) {
  start_with([this](const ConnectionState* state) {
    const ShardId shard = state ? state->shard_id : ShardId{0};
    EXPECT_EQ(manager->subscribe({"T0010"}).at(0).status, SubscribeStatus::kPlaced);
    EXPECT_EQ(manager->unsubscribe({"T0002"}).at(0).status, UnsubscribeStatus::kRemoved);
    (void)manager->send(shard, OutgoingMessage::text("by the manager"));
    if (state) (void)state->sender().send(OutgoingMessage::text("by the sender"));
    (void)manager->hot_switchover(shard);
    // T0001, T0010 and, until provoke() has taken it out meanwhile, T0003.
    EXPECT_THAT(snapshot().total_subscriptions, AnyOf(2U, 3U));
    EXPECT_THAT(manager->total_subscriptions(), AnyOf(2U, 3U));
    EXPECT_TRUE(manager->is_running());
    EXPECT_EQ(manager->start().error().code, Errc::kAlreadyRunning);
    EXPECT_LT(duration_of([&] { (void)manager->wait_until_live(kPatience); }), kPatience / 2);
    EXPECT_TRUE(manager->subscription_status("T0010"));
    EXPECT_LE(manager->health().connected_shards, manager->shard_count());
    EXPECT_TRUE(manager->reconnect_shard(shard));
  });

  provoke();

  ASSERT_TRUE(manager->wait_until_live(kPatience));
  EXPECT_TRUE(manager->subscription_shard("T0001"));
  EXPECT_FALSE(manager->subscription_shard("T0002"));
  EXPECT_TRUE(manager->subscription_shard("T0010"));
  EXPECT_TRUE(eventually([&] { return venue->topics_in_service() == 2; }));
  EXPECT_TRUE(manager->stop(kPatience));
}

TEST_P(CommandsInHookTest, StopBeginsAndReturnsAtOnce) {
  start_with([this](const ConnectionState*) {
    EXPECT_LT(duration_of([&] { EXPECT_TRUE(manager->stop(kPatience)); }), kPatience / 2);
    EXPECT_EQ(manager->subscribe({"T0010"}).at(0).error->code, Errc::kStopped);
  });

  provoke();

  EXPECT_TRUE(manager->stop(kPatience));
  EXPECT_FALSE(manager->is_running());
  EXPECT_TRUE(eventually([&] { return venue->connections().empty(); }));
}

INSTANTIATE_TEST_SUITE_P(Hooks, CommandsInHookTest,
                         Combine(Values("url", "connection_headers", "subprotocols", "on_connect",
                                        "on_message", "on_event", "on_disconnect", "on_error",
                                        "subscription_message", "unsubscription_message",
                                        "is_data_message"),
                                 Values(Mode::kQueue, Mode::kLowLatency)));

using CommandsInTurnTest = ManagerFixture;

TEST_F(CommandsInTurnTest, NoTimePassesWhileAHookOfTheIoThreadTakesItsTime) {
  std::vector<Duration> ages;
  before = [&](std::string_view hook, auto) {
    if (hook != "subscription_message" || !ages.empty()) return;
    ages.push_back(manager->subscription_status("T0001")->since);
    const auto end = std::chrono::steady_clock::now() + 5ms;
    while (std::chrono::steady_clock::now() < end) continue;
    ages.push_back(manager->subscription_status("T0001")->since);
  };
  start_live();
  ASSERT_TRUE(manager->stop(kPatience));

  EXPECT_EQ(ages.at(0), ages.at(1));
}

using CommandsInStartTest = ManagerFixture;

TEST_F(CommandsInStartTest, TheHooksOfStartMayAskTheManager) {
  before = [this](std::string_view hook, auto) {
    if (hook != "subscriptions" && hook != "max_subscriptions_per_shard") return;
    EXPECT_FALSE(manager->is_running());
    EXPECT_EQ(manager->subscribe({"T0001"}).at(0).error->code, Errc::kNotRunning);
  };
  start_live();

  EXPECT_EQ(notes().calls_of("subscriptions"), 1U);
  EXPECT_EQ(notes().calls_of("max_subscriptions_per_shard"), 1U);
}

}  // namespace
}  // namespace wsm::testing
