#include "tail/stop_notice.h"

#include <chrono>
#include <future>

#include <gtest/gtest.h>

namespace wsm::tail {
namespace {

using namespace std::chrono_literals;

TEST(StopNotice, IsSaidAtOnceWithoutADelay) {
  bool is_said = false;

  const StopNotice notice{0ms, [&] { is_said = true; }};

  EXPECT_TRUE(is_said);
}

TEST(StopNotice, IsSaidWhenTheDelayIsOver) {
  std::promise<void> said;

  const StopNotice notice{1ms, [&] { said.set_value(); }};

  EXPECT_EQ(said.get_future().wait_for(10s), std::future_status::ready);
}

TEST(StopNotice, IsNotSaidWhenItHasGoneBefore) {
  bool is_said = false;

  {
    const StopNotice notice{1h, [&] { is_said = true; }};
  }

  EXPECT_FALSE(is_said);
}

}  // namespace
}  // namespace wsm::tail
