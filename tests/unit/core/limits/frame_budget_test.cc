#include "core/limits/frame_budget.h"

#include <chrono>

#include <gtest/gtest.h>

namespace wsm {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1h};
constexpr auto kMessage = FrameKind::kMessage;
constexpr auto kControl = FrameKind::kControl;

int take_all(FrameBudget& budget, FrameKind kind, TimePoint now) {
  int taken = 0;
  for (; budget.allows(kind, now); ++taken) budget.take(kind, now);
  return taken;
}

TEST(FrameBudgetTest, IsNoLimitByDefault) {
  EXPECT_FALSE(FrameBudget::Options{}.is_limited());
  FrameBudget budget{{}};

  for (int i = 0; i < 1000; ++i) budget.take(kMessage, kStart);

  EXPECT_TRUE(budget.allows(kControl, kStart));
}

TEST(FrameBudgetTest, ReservesATenthOfALongWindowForControlFrames) {
  FrameBudget budget{{.count = 20, .window = 5s + 1ns, .spacing = {}}};

  EXPECT_EQ(take_all(budget, kMessage, kStart), 18);
  EXPECT_EQ(take_all(budget, kControl, kStart), 2);
}

TEST(FrameBudgetTest, ReservesNothingOfAShortWindow) {
  FrameBudget budget{{.count = 20, .window = 5s, .spacing = {}}};

  EXPECT_EQ(take_all(budget, kMessage, kStart), 20);
  EXPECT_FALSE(budget.allows(kControl, kStart + 5s - 1ns));
  EXPECT_TRUE(budget.allows(kControl, kStart + 5s));
}

TEST(FrameBudgetTest, ReservesOneAtLeast) {
  FrameBudget budget{{.count = 2, .window = 10s, .spacing = {}}};

  EXPECT_EQ(take_all(budget, kMessage, kStart), 1);
  EXPECT_EQ(take_all(budget, kControl, kStart), 1);
}

TEST(FrameBudgetTest, LetsControlFramesUseTheCommonSlotsToo) {
  FrameBudget budget{{.count = 5, .window = 10s, .spacing = {}}};

  EXPECT_EQ(take_all(budget, kControl, kStart), 5);
  EXPECT_FALSE(budget.allows(kMessage, kStart + 10s - 1ns));
  EXPECT_EQ(take_all(budget, kMessage, kStart + 10s), 4);
}

TEST(FrameBudgetTest, SpacesFramesOfBothKinds) {
  FrameBudget budget{{.count = {}, .window = {}, .spacing = 10ms}};
  budget.take(kMessage, kStart);

  EXPECT_FALSE(budget.allows(kControl, kStart + 10ms - 1ns));
  EXPECT_TRUE(budget.allows(kControl, kStart + 10ms));
  EXPECT_EQ(budget.earliest(kMessage), kStart + 10ms);
}

TEST(FrameBudgetTest, CountsFromTheTimeOfWriting) {
  FrameBudget budget{{.count = 3, .window = 10s, .spacing = 10ms}};
  budget.take(kMessage, kStart);
  budget.handle_written(kStart);
  budget.take(kMessage, kStart + 10ms);

  budget.handle_written(kStart + 7s);

  EXPECT_EQ(budget.earliest(kControl), kStart + 7010ms);
  EXPECT_EQ(budget.earliest(kMessage), kStart + 10s);
  budget.take(kMessage, kStart + 10s);
  EXPECT_EQ(budget.earliest(kMessage), kStart + 17s);
}

}  // namespace
}  // namespace wsm
