#include "io/blocking_pool.h"

#include <atomic>
#include <chrono>
#include <future>
#include <latch>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/steady_clock.h"

namespace wsm::io {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::Lt;
using ::testing::Ne;
using namespace std::chrono_literals;

/// A job that hangs until it is let go.
class Gate {
 public:
  std::function<void()> job() {
    return [opened = opened_] { opened.wait_for(10s); };
  }
  void open() { opener_.set_value(); }

 private:
  std::promise<void> opener_;
  std::shared_future<void> opened_{opener_.get_future()};
};

TEST(BlockingPoolTest, RunsJobsOnAnotherThread) {
  BlockingPool pool{1};
  std::promise<std::thread::id> ran_on;
  ASSERT_TRUE(pool.run([&] { ran_on.set_value(std::this_thread::get_id()); }));

  EXPECT_THAT(ran_on.get_future().get(), Ne(std::this_thread::get_id()));
}

TEST(BlockingPoolTest, RunsAsManyJobsAtOnceAsItHasThreads) {
  BlockingPool pool{3};
  std::latch all_run{3};
  std::promise<void> done;
  for (int i = 0; i < 3; ++i) {
    // Each waits for the others: fewer threads than three would never end.
    ASSERT_TRUE(pool.run([&, i] {
      all_run.arrive_and_wait();
      if (i == 0) done.set_value();
    }));
  }

  EXPECT_THAT(done.get_future().wait_for(10s), Eq(std::future_status::ready));
  EXPECT_TRUE(pool.shut_down(10s));
}

TEST(BlockingPoolTest, StartsJobsInTheOrderInWhichTheyWereGiven) {
  BlockingPool pool{1};
  std::vector<int> order;
  std::promise<void> done;
  for (int i = 1; i <= 3; ++i) ASSERT_TRUE(pool.run([&, i] { order.push_back(i); }));
  ASSERT_TRUE(pool.run([&] { done.set_value(); }));
  done.get_future().wait();

  EXPECT_THAT(order, ElementsAre(1, 2, 3));
}

TEST(BlockingPoolTest, MakesNoMoreThreadsThanAllowed) {
  BlockingPool pool{2};
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  std::latch done{20};
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(pool.run([&] {
      const int count = ++running;
      int seen = most;
      while (seen < count && !most.compare_exchange_weak(seen, count)) continue;
      --running;
      done.count_down();
    }));
  }
  done.wait();

  EXPECT_THAT(most.load(), Lt(3));
}

TEST(BlockingPoolTest, SurvivesAJobThatThrows) {
  BlockingPool pool{1};
  std::promise<void> done;
  ASSERT_TRUE(pool.run([] { throw std::runtime_error{"a hook of a user"}; }));
  ASSERT_TRUE(pool.run([&] { done.set_value(); }));

  EXPECT_THAT(done.get_future().wait_for(10s), Eq(std::future_status::ready));
}

TEST(BlockingPoolTest, WaitsForRunningJobsAndDropsQueuedOnes) {
  BlockingPool pool{1};
  std::promise<void> started;
  std::atomic<bool> has_ended = false;
  std::atomic<bool> has_second_run = false;
  Gate gate;
  ASSERT_TRUE(pool.run([&, wait = gate.job()] {
    started.set_value();
    wait();
    has_ended = true;
  }));
  ASSERT_TRUE(pool.run([&] { has_second_run = true; }));
  started.get_future().wait();
  std::thread opener{[&] {
    while (pool.run([] {})) std::this_thread::yield();  // It takes none once it is shutting down.
    gate.open();
  }};

  EXPECT_TRUE(pool.shut_down(10s));
  EXPECT_TRUE(has_ended);
  EXPECT_FALSE(has_second_run);
  opener.join();
}

TEST(BlockingPoolTest, TakesNoJobsAfterItsEnd) {
  BlockingPool pool{1};
  EXPECT_TRUE(pool.shut_down(0s));

  EXPECT_FALSE(pool.run([] {}));
  EXPECT_TRUE(pool.shut_down(0s)) << "a second call finds nothing to do";
}

TEST(BlockingPoolTest, LeavesAThreadThatHangsAfterTheDeadline) {
  Gate gate;
  const auto token = std::make_shared<int>();
  std::promise<void> started;
  const TimePoint start = now();
  {
    BlockingPool pool{1};
    ASSERT_TRUE(pool.run([&started, wait = gate.job(), token] {
      started.set_value();
      wait();
    }));
    started.get_future().wait();
    EXPECT_FALSE(pool.shut_down(10ms));
  }
  EXPECT_THAT(now() - start, Lt(5s));
  EXPECT_THAT(token.use_count(), Eq(2)) << "the job still owns what it uses";

  gate.open();
  const TimePoint limit = now() + 10s;
  while (token.use_count() > 1 && now() < limit) std::this_thread::yield();
  EXPECT_THAT(token.use_count(), Eq(1));
}

TEST(BlockingPoolTest, DestroysDroppedJobs) {
  Gate gate;
  const auto token = std::make_shared<int>();
  std::promise<void> started;
  BlockingPool pool{1};
  ASSERT_TRUE(pool.run([&started, wait = gate.job()] {
    started.set_value();
    wait();
  }));
  ASSERT_TRUE(pool.run([token] {}));
  started.get_future().wait();
  EXPECT_FALSE(pool.shut_down(0s));

  EXPECT_THAT(token.use_count(), Eq(1));
  gate.open();
}

}  // namespace
}  // namespace wsm::io
