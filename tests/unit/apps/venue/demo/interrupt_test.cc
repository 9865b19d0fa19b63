#include "demo/interrupt.h"

#include <gtest/gtest.h>
#include <signal.h>

namespace wsm::demo {
namespace {

TEST(InterruptTest, NobodyHasAskedAtFirst) { EXPECT_FALSE(Interrupt{}.was_requested()); }

TEST(InterruptTest, EitherSignalAsks) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const Interrupt interrupt;

    raise(signal);

    EXPECT_TRUE(interrupt.was_requested());
  }
}

TEST(InterruptTest, TwoAtOnceAreOneWish) {
  const Interrupt interrupt;

  raise(SIGINT);
  raise(SIGINT);

  EXPECT_TRUE(interrupt.was_requested());
}

TEST(InterruptTest, NextTimeNobodyHasAskedAgain) {
  {
    const Interrupt interrupt;
    raise(SIGINT);
  }

  EXPECT_FALSE(Interrupt{}.was_requested());
}

}  // namespace
}  // namespace wsm::demo
