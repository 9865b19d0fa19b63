#include "process/stop_signals.h"

#include <chrono>
#include <thread>

#include <gmock/gmock.h>
#include <signal.h>

#include "process/stop_wish.h"

namespace wsm {
namespace {

int reactions = 0;

TEST(StopSignalsTest, ReactOnceToOneWish) {
  reactions = 0;
  const StopSignals signals{[] { ++reactions; }, do_nothing};

  raise(SIGTERM);
  raise(SIGTERM);

  EXPECT_TRUE(signals.have_come());
  EXPECT_EQ(reactions, 1);
}

TEST(StopSignalsDeathTest, EndTheProcessAtTheSecondWish) {
  const auto interrupt_twice = [] {
    const StopSignals signals{do_nothing, do_nothing};
    raise(SIGINT);
    std::this_thread::sleep_for(StopWishes::kSameWish);
    raise(SIGINT);
  };

  EXPECT_EXIT(interrupt_twice(), ::testing::ExitedWithCode(130), "");
}

}  // namespace
}  // namespace wsm
