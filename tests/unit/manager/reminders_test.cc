#include "manager/reminders.h"

#include <future>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

namespace wsm {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using Clock = Reminders::Clock;

constexpr auto kPatience = 20s;

TEST(RemindersTest, RunsATaskNotBeforeItsTimeAndOnAThreadOfItsOwn) {
  Reminders reminders;
  std::promise<std::pair<Clock::time_point, std::thread::id>> ran;
  const auto at = Clock::now() + 20ms;

  reminders.add(at, [&] { ran.set_value({Clock::now(), std::this_thread::get_id()}); });

  auto answer = ran.get_future();
  ASSERT_EQ(answer.wait_for(kPatience), std::future_status::ready);
  const auto [time, thread] = answer.get();
  EXPECT_GE(time, at);
  EXPECT_NE(thread, std::this_thread::get_id());
}

TEST(RemindersTest, RunsTasksInTheOrderOfTheirTimes) {
  Reminders reminders;
  std::vector<int> order;
  std::promise<void> ran;
  const auto now = Clock::now();

  reminders.add(now + 40ms, [&] {
    order.push_back(2);
    ran.set_value();
  });
  reminders.add(now + 20ms, [&] { order.push_back(1); });

  ASSERT_EQ(ran.get_future().wait_for(kPatience), std::future_status::ready);
  EXPECT_THAT(order, ElementsAre(1, 2));
}

TEST(RemindersTest, DropsAtOnceWhatIsNotDueWhenItGoes) {
  bool was_run = false;
  const auto began = Clock::now();
  {
    Reminders reminders;
    reminders.add(began + 1h, [&] { was_run = true; });
  }

  EXPECT_LT(Clock::now() - began, kPatience);
  EXPECT_FALSE(was_run);
}

}  // namespace
}  // namespace wsm
