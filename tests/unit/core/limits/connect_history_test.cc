#include "core/limits/connect_history.h"

#include <chrono>
#include <optional>

#include <gtest/gtest.h>

namespace wsm {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1h};
constexpr RollingWindow::Options kTwoASecond{.count = 2, .length = 1s};

TEST(ConnectHistoryTest, HasNothingInTheWayAtFirst) {
  const ConnectHistory history;

  EXPECT_LE(history.earliest(kTwoASecond, 1), kStart);
  EXPECT_EQ(history.last(), std::nullopt);
}

TEST(ConnectHistoryTest, AnswersForAnyLimitAndAnySpareSlots) {
  ConnectHistory history;
  history.note(kStart);
  history.note(kStart + 400ms);

  EXPECT_EQ(history.earliest(kTwoASecond, 0), kStart + 1s);
  EXPECT_EQ(history.earliest(kTwoASecond, 1), kStart + 1400ms);
  EXPECT_EQ(history.earliest({.count = 2, .length = 1min}, 0), kStart + 1min);
  EXPECT_LE(history.earliest({.count = 3, .length = 1min}, 0), kStart);
  EXPECT_EQ(history.earliest({.count = 3, .length = 1min}, 1), kStart + 1min);
}

TEST(ConnectHistoryTest, PutsWhatIsToldLateBehindTheOthers) {
  ConnectHistory history;
  history.note(kStart + 10ms);

  history.note(kStart);

  EXPECT_EQ(history.last(), kStart + 10ms);
  EXPECT_EQ(history.earliest({.count = 1, .length = 1s}, 0), kStart + 1010ms);
}

/// Or a limit of which nobody had told would be exceeded.
TEST(ConnectHistoryTest, TakesWhatItHasForgottenToHaveHappenedAsLateAsCanBe) {
  constexpr RollingWindow::Options kMany{.count = ConnectHistory::kKept + 5, .length = 1h};
  ConnectHistory history;
  for (std::size_t i = 0; i < ConnectHistory::kKept; ++i) {
    history.note(kStart + i * std::chrono::microseconds{1});
  }
  EXPECT_LE(history.earliest(kMany, 0), kStart);

  history.note(kStart + 1s);

  EXPECT_EQ(history.earliest(kMany, 0), kStart + std::chrono::microseconds{1} + 1h);
}

}  // namespace
}  // namespace wsm
