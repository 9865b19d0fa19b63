#include "venue/rolling_window.h"

#include <gtest/gtest.h>

namespace wsm::venue {
namespace {

using namespace std::chrono_literals;

TEST(RollingWindowTest, AdmitsAsManyAsTheLimit) {
  RollingWindow window{2, 1s};

  EXPECT_TRUE(window.admit(0s));
  EXPECT_TRUE(window.admit(0s));
  EXPECT_FALSE(window.admit(0s));
}

TEST(RollingWindowTest, MakesRoomOnlyWhenTheWindowHasPassed) {
  RollingWindow window{1, 1s};
  ASSERT_TRUE(window.admit(500ms));

  EXPECT_FALSE(window.admit(1500ms - 1ns));
  EXPECT_TRUE(window.admit(1500ms));
}

TEST(RollingWindowTest, HoldsInWindowsThatBeginAnywhere) {
  RollingWindow window{2, 1s};
  ASSERT_TRUE(window.admit(0ms));
  ASSERT_TRUE(window.admit(900ms));

  EXPECT_TRUE(window.admit(1000ms));
  EXPECT_FALSE(window.admit(1100ms));
}

TEST(RollingWindowTest, DoesNotCountWhatItRefuses) {
  RollingWindow window{1, 1s};
  ASSERT_TRUE(window.admit(0ms));
  ASSERT_FALSE(window.admit(900ms));

  EXPECT_TRUE(window.admit(1000ms));
}

}  // namespace
}  // namespace wsm::venue
