#include "io/event_loop.h"

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <new>
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
using ::testing::Ge;
using namespace std::chrono_literals;

/// Ends a loop that a test has not ended, so that a fault fails instead of hanging.
class EventLoopTest : public ::testing::Test {
 protected:
  EventLoopTest() {
    watchdog = std::thread{[this] {
      if (finished.get_future().wait_for(10s) == std::future_status::ready) return;
      is_overdue = true;
      loop.stop();
    }};
  }

  void TearDown() override {
    finished.set_value();
    watchdog.join();
    EXPECT_FALSE(is_overdue);
  }

  EventLoop loop;
  std::promise<void> finished;
  std::atomic<bool> is_overdue = false;
  std::thread watchdog;
};

TEST_F(EventLoopTest, RunsTasksInTheOrderOfTheCalls) {
  std::vector<int> order;
  loop.post([&] {
    order.push_back(1);
    loop.post([&] {
      order.push_back(3);
      loop.stop();
    });
    order.push_back(2);
  });
  loop.run();

  EXPECT_THAT(order, ElementsAre(1, 2, 3));
}

TEST_F(EventLoopTest, TakesTasksFromAnyThread) {
  constexpr int kThreads = 4;
  constexpr int kTasks = 1000;
  int done = 0;  // Not atomic: all tasks run on one thread.
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int task = 0; task < kTasks; ++task) {
        loop.post([&] {
          if (++done == kThreads * kTasks) loop.stop();
        });
      }
    });
  }
  loop.run();
  for (auto& thread : threads) thread.join();

  EXPECT_THAT(done, Eq(kThreads * kTasks));
}

TEST_F(EventLoopTest, KnowsItsOwnThread) {
  bool is_current_inside = false;
  std::thread runner{[&] { loop.run(); }};
  EXPECT_FALSE(loop.is_current());
  loop.post([&] {
    is_current_inside = loop.is_current();
    loop.stop();
  });
  runner.join();

  EXPECT_TRUE(is_current_inside);
}

TEST_F(EventLoopTest, StopsBeforeItRuns) {
  bool has_run = false;
  loop.post([&] { has_run = true; });
  loop.stop();
  loop.run();

  EXPECT_FALSE(has_run);
}

TEST_F(EventLoopTest, AlarmRingsOnceAndNotTooEarly) {
  std::vector<TimePoint> rings;
  const TimePoint deadline = now() + 20ms;
  loop.on_alarm([&] {
    rings.push_back(now());
    loop.post([&] { loop.stop(); });
  });
  loop.set_alarm(deadline);
  loop.set_alarm(deadline);
  loop.run();

  ASSERT_THAT(rings.size(), Eq(1U));
  EXPECT_THAT(rings.front(), Ge(deadline));
}

TEST_F(EventLoopTest, AlarmOfThePastRingsFromTheLoop) {
  bool has_rung = false;
  loop.on_alarm([&] {
    has_rung = true;
    loop.stop();
  });
  loop.set_alarm(now() - 1s);
  EXPECT_FALSE(has_rung);
  loop.run();

  EXPECT_TRUE(has_rung);
}

TEST_F(EventLoopTest, EarlierDeadlineReplacesALaterOne) {
  const TimePoint start = now();
  loop.on_alarm([&] { loop.stop(); });
  loop.set_alarm(start + 1h);
  loop.set_alarm(start + 10ms);
  loop.run();

  EXPECT_THAT(now(), Ge(start + 10ms));
}

TEST_F(EventLoopTest, LaterDeadlineReplacesAnEarlierOne) {
  std::vector<TimePoint> rings;
  const TimePoint start = now();
  loop.on_alarm([&] {
    rings.push_back(now());
    loop.stop();
  });
  loop.set_alarm(start + 5ms);
  loop.set_alarm(start + 40ms);
  loop.run();

  ASSERT_THAT(rings.size(), Eq(1U));
  EXPECT_THAT(rings.front(), Ge(start + 40ms));
}

TEST_F(EventLoopTest, NoDeadlineSilencesTheAlarm) {
  int rings = 0;
  loop.on_alarm([&] {
    // Only the second deadline gets here, although the first one's timer went off before.
    ++rings;
    loop.stop();
  });
  loop.set_alarm(now() + 1ms);
  loop.set_alarm(std::nullopt);
  loop.post([&] { loop.set_alarm(now() + 20ms); });
  loop.run();

  EXPECT_THAT(rings, Eq(1));
}

TEST_F(EventLoopTest, AlarmCanBeSetAgainByItsHandler) {
  int rings = 0;
  loop.on_alarm([&] {
    if (++rings == 3) return loop.stop();
    loop.set_alarm(now() + 1ms);
  });
  loop.set_alarm(now());
  loop.run();

  EXPECT_THAT(rings, Eq(3));
}

TEST(LoopPosterTest, PostsWhileTheLoopLives) {
  EventLoop loop;
  const LoopPoster poster = loop.poster();
  bool has_run = false;
  poster.post([&] {
    has_run = true;
    loop.stop();
  });
  loop.run();

  EXPECT_TRUE(has_run);
}

TEST(LoopPosterTest, DropsTasksOfALoopThatIsGone) {
  auto loop = std::make_unique<EventLoop>();
  const LoopPoster poster = loop->poster();
  const auto token = std::make_shared<int>();
  poster.post([token] {});
  loop.reset();
  EXPECT_THAT(token.use_count(), Eq(1)) << "a task goes with its loop";

  poster.post([token] {});
  EXPECT_THAT(token.use_count(), Eq(1));
}

TEST(LoopPosterTest, FailsALoopInsteadOfWhatWasPosted) {
  EventLoop loop;
  const LoopPoster poster = loop.poster();
  bool has_run = false;
  poster.run_or_fail([] { throw std::runtime_error{"no memory"}; });
  poster.run_or_fail([] { throw std::logic_error{"nor this time"}; });
  poster.post([&] { has_run = true; });

  EXPECT_THROW(loop.run(), std::runtime_error);
  EXPECT_FALSE(has_run);
}

TEST(LoopPosterTest, FailsALoopThatIsWaiting) {
  EventLoop loop;
  const LoopPoster poster = loop.poster();
  std::thread other;
  loop.post(
      [&] { other = std::thread{[&] { poster.run_or_fail([] { throw std::bad_alloc{}; }); }}; });

  EXPECT_THROW(loop.run(), std::bad_alloc);
  other.join();
}

TEST(LoopPosterTest, FailsNobodyWhenTheLoopIsGone) {
  auto loop = std::make_unique<EventLoop>();
  const LoopPoster poster = loop->poster();
  loop.reset();

  EXPECT_NO_THROW(poster.run_or_fail([] { throw std::bad_alloc{}; }));
}

}  // namespace
}  // namespace wsm::io
