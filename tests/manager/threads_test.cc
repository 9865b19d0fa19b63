// Many threads and many managers at the same time.

#include <atomic>
#include <thread>

#include "manager/manager_fixture.h"

namespace wsm::testing {
namespace {

using ::testing::IsEmpty;

class ThreadsTest : public ManagerFixture {
 protected:
  /// One round of every command; `turn` makes the rounds differ.
  void command(int turn) {
    const auto topic = topics(static_cast<std::size_t>(10 + turn % 10), 1);
    const ShardId shard{static_cast<std::uint32_t>(turn % 3)};
    manager->subscribe(topic);
    (void)manager->subscription_status(topic[0]);
    (void)manager->send(shard, OutgoingMessage::text("no request"));
    if (turn % 7 == 0) (void)manager->hot_switchover(shard);
    if (turn % 11 == 0) (void)manager->reconnect_shard(shard);
    (void)manager->shard_subscriptions(shard);
    (void)snapshot();
    (void)manager->health();
    (void)manager->wait_until_live(Duration::zero());
    manager->unsubscribe(topic);
  }
};

TEST_F(ThreadsTest, CommandsFromManyThreadsAtOnceAreAllObeyed) {
  constexpr int kThreads = 6;
  constexpr int kRounds = 25;
  config.max_subscriptions_per_shard(2);
  before = [this](std::string_view hook, auto) {
    if (hook == "on_event") (void)manager->total_subscriptions();
  };
  start_live();

  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([this, i] {
      for (int turn = 0; turn < kRounds; ++turn) command(i + turn);
    });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(manager->total_subscriptions(), 3U);
  ASSERT_TRUE(manager->wait_until_live(kPatience));
  EXPECT_TRUE(eventually([&] { return venue->topics_in_service() == 3; }));
  EXPECT_TRUE(manager->stop(kPatience));
  EXPECT_THAT(lost(venue->record(), notes()), IsEmpty());
}

/// Whoever finds all connections full opens one, and only one, whatever others do meanwhile.
TEST_F(ThreadsTest, SubscribingAtOnceOpensAsManyShardsAsAreNeeded) {
  constexpr std::size_t kThreads = 5;
  constexpr std::size_t kTopics = 40;
  venue_options.topics = kTopics;
  config.max_subscriptions_per_shard(4);
  start_live();

  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([this, i] {
      for (std::size_t k = 0; k < kTopics; ++k) {
        manager->subscribe(topics(1 + (k + i * kTopics / kThreads) % kTopics, 1));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(manager->total_subscriptions(), kTopics);
  EXPECT_EQ(manager->shard_count(), kTopics / 4);
  ASSERT_TRUE(manager->wait_until_live(kPatience));
  EXPECT_EQ(venue->counters().connections_opened, kTopics / 4);
  EXPECT_EQ(venue->counters().requests_in_error, 0U);
}

TEST_F(ThreadsTest, CommandsMeetAStop) {
  start_live();
  std::atomic<bool> is_over = false;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&, i] {
      for (int turn = i; !is_over; ++turn) command(turn);
    });
  }
  ASSERT_TRUE(wait_for_data(50));

  EXPECT_TRUE(manager->stop(kPatience));

  is_over = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(manager->is_running());
  EXPECT_EQ(manager->subscribe({"T0001"}).at(0).status, SubscribeStatus::kAlreadySubscribed);
}

TEST_F(ThreadsTest, TwoManagersInOneProcessDoNotMeet) {
  start_live();
  const auto other_handler = std::make_shared<TestHandler>(venue->url(), topics(11, 2));
  Manager other{*config.build(), other_handler, nullptr};
  ASSERT_TRUE(other.start());
  ASSERT_TRUE(other.wait_until_live(kPatience));

  EXPECT_TRUE(eventually([&] { return venue->topics_in_service() == 5; }));
  EXPECT_TRUE(manager->stop(kPatience));

  EXPECT_TRUE(other.is_running());
  EXPECT_TRUE(other_handler->journal.wait_for(
      [before_stop = other_handler->journal.read().data](const Notes& notes) {
        return notes.data > before_stop + 50;
      }));
  EXPECT_TRUE(other.stop(kPatience));
  EXPECT_THAT(disordered(other_handler->journal.read()), IsEmpty());
}

TEST_F(ThreadsTest, OneManagerMayBeStoppedFromAHookOfAnother) {
  start_live();
  std::atomic<bool> is_stopped = false;
  const auto other_handler = std::make_shared<TestHandler>(venue->url(), topics(11, 1));
  other_handler->before = [&](std::string_view hook, auto) {
    if (hook == "on_message" && !is_stopped.exchange(true)) (void)manager->stop(kPatience);
  };
  Manager other{*config.build(), other_handler, nullptr};
  ASSERT_TRUE(other.start());

  EXPECT_TRUE(eventually([&] { return !manager->is_running(); }));
  EXPECT_TRUE(other.is_running());
  EXPECT_TRUE(other.stop(kPatience));
}

}  // namespace
}  // namespace wsm::testing
