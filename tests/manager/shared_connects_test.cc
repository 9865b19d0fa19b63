// Managers of one process that count their connects together.

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "manager/manager_fixture.h"

namespace wsm::testing {
namespace {

class SharedConnectsTest : public ManagerFixture {
 protected:
  /// A manager with a shard for each of `shards` topics, and its handler.
  struct Other {
    std::shared_ptr<TestHandler> handler;
    std::unique_ptr<Manager> manager;
  };

  SharedConnectsTest() {
    ++test_;
    config.max_subscriptions_per_shard(1);
    limit(3, 400ms);
  }

  /// Tests of one process must not wait for each other.
  void limit(std::size_t connects, Duration window, const std::string& at = "venue") {
    config.venue(at + " of test " + std::to_string(test_));
    config.connects_per_window(connects).connect_window(window);
  }

  [[nodiscard]] Other other(std::size_t shards) const {
    Other it;
    it.handler = std::make_shared<TestHandler>(venue->url(), topics(1, shards));
    it.handler->before = before;
    it.manager = std::make_unique<Manager>(config.build().value(), it.handler, logger);
    return it;
  }

  /// When the venue has seen each connect, in order.
  [[nodiscard]] std::vector<Duration> connects() const {
    std::vector<Duration> times;
    const venue::Record record = venue->record();
    for (const auto& connection : record.connections()) {
      times.push_back(connection.opened_at);
    }
    std::ranges::sort(times);
    return times;
  }

  /// Since `began`, before which none had been made. Nothing arrives before it has left.
  void expect_within(std::size_t count, Duration window, Duration began) const {
    const std::vector<Duration> times = connects();
    for (std::size_t i = 0; i < times.size(); ++i) {
      EXPECT_GE(times[i], began + (i / count) * window) << "connect " << i;
    }
  }

 private:
  static inline int test_ = 0;
};

TEST_F(SharedConnectsTest, TwoManagersKeepToTheLimitTogether) {
  start_venue();
  const Duration began = venue->now();
  const Other a = other(6);
  const Other b = other(6);

  ASSERT_TRUE(a.manager->start());
  ASSERT_TRUE(b.manager->start());
  ASSERT_TRUE(a.manager->wait_until_live(kPatience));
  ASSERT_TRUE(b.manager->wait_until_live(kPatience));

  EXPECT_EQ(connects().size(), 12U);
  expect_within(3, 400ms, began);
  EXPECT_EQ(logger->count("start: managers at the same venue"), 0U);
}

TEST_F(SharedConnectsTest, ANewManagerCountsWhatItsPredecessorHasUsed) {
  start_venue();
  const Duration began = venue->now();

  for (int round = 0; round < 3; ++round) {
    const Other a = other(3);
    ASSERT_TRUE(a.manager->start());
    ASSERT_TRUE(a.manager->wait_until_live(kPatience));
    ASSERT_TRUE(a.manager->stop(kPatience));
  }

  EXPECT_EQ(connects().size(), 9U);
  expect_within(3, 400ms, began);
}

TEST_F(SharedConnectsTest, ManagersAtDifferentVenuesDoNotWaitForEachOther) {
  start_venue();
  limit(2, 1h, "one");
  const Other a = other(2);
  limit(2, 1h, "the other");
  const Other b = other(2);

  ASSERT_TRUE(a.manager->start());
  ASSERT_TRUE(b.manager->start());

  EXPECT_TRUE(a.manager->wait_until_live(kPatience));
  EXPECT_TRUE(b.manager->wait_until_live(kPatience));
}

TEST_F(SharedConnectsTest, TheStrictestLimitHoldsForAllAndThatIsSaid) {
  start_venue();
  const Duration began = venue->now();
  const Other strict = other(2);
  limit(100, 1min);
  const Other lax = other(6);

  ASSERT_TRUE(strict.manager->start());
  ASSERT_TRUE(lax.manager->start());
  ASSERT_TRUE(strict.manager->wait_until_live(kPatience));
  ASSERT_TRUE(lax.manager->wait_until_live(kPatience));

  EXPECT_EQ(connects().size(), 8U);
  expect_within(3, 400ms, began);
  EXPECT_EQ(logger->count("start: managers at the same venue have other limits"), 1U);
}

/// Its hook holds the only slot of the hour.
TEST_F(SharedConnectsTest, AManagerThatStopsGivesBackWhatItHolds) {
  start_venue();
  limit(1, 1h);
  before = [this](std::string_view hook, auto) {
    if (hook == "url") gate->pass();
  };
  const Other a = other(1);
  before = nullptr;
  const Other b = other(1);
  ASSERT_TRUE(a.manager->start());
  ASSERT_TRUE(gate->wait_for_arrival());
  ASSERT_TRUE(b.manager->start());
  EXPECT_FALSE(b.manager->wait_until_live(100ms));

  (void)a.manager->stop(10ms);

  EXPECT_TRUE(b.manager->wait_until_live(kPatience));
  gate->open();
}

/// One hook holds the last slot of the hour, another one the I/O thread, so that nobody can stop.
TEST_F(SharedConnectsTest, AManagerThatCannotStopInTimeGivesBackWhatItHolds) {
  start_venue();
  limit(2, 1h);
  std::atomic<int> places = 0;
  before = [this, &places](std::string_view hook, auto) {
    if (hook == "subscription_message" || (hook == "url" && ++places == 2)) gate->pass();
  };
  const Other a = other(2);
  before = nullptr;
  const Other b = other(1);
  ASSERT_TRUE(a.manager->start());
  ASSERT_TRUE(gate->wait_for_arrival(2));
  ASSERT_TRUE(b.manager->start());
  EXPECT_FALSE(b.manager->wait_until_live(100ms));

  EXPECT_FALSE(a.manager->stop(10ms));

  EXPECT_TRUE(b.manager->wait_until_live(kPatience));
  gate->open();
}

TEST_F(SharedConnectsTest, ManagersThatComeAndGoAtOnceKeepToTheLimit) {
  constexpr std::size_t kThreads = 4;
  constexpr int kRounds = 3;
  limit(8, 300ms);
  start_venue();
  const Duration began = venue->now();
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([this] {
      for (int round = 0; round < kRounds; ++round) {
        const Other it = other(3);
        EXPECT_TRUE(it.manager->start());
        EXPECT_TRUE(it.manager->wait_until_live(kPatience));
        if (round % 2 == 0) (void)it.manager->stop(kPatience);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(connects().size(), kThreads * kRounds * 3);
  expect_within(8, 300ms, began);
}

}  // namespace
}  // namespace wsm::testing
