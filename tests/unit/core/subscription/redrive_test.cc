#include "core/subscription/redrive.h"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm {
namespace {

using namespace std::chrono_literals;
using ::testing::Optional;
using Rung = Redrive::Rung;

class RedriveTest : public ::testing::Test {
 protected:
  /// It is silent still, `by` later.
  std::optional<Rung> after(Duration by) {
    now += by;
    return redrive.take_rung(10s, now);
  }

  TimePoint now{1h};
  Redrive redrive;
};

TEST_F(RedriveTest, ClimbsRungByRung) {
  EXPECT_THAT(after(0s), Optional(Rung::kAskAgain));
  EXPECT_THAT(after(10s), Optional(Rung::kMove));
  EXPECT_THAT(after(10s), Optional(Rung::kNewConnection));
}

TEST_F(RedriveTest, GivesEachRungItsTime) {
  (void)after(0s);

  EXPECT_EQ(after(10s - 1ns), std::nullopt);
  EXPECT_THAT(after(1ns), Optional(Rung::kMove));
}

TEST_F(RedriveTest, TakesTwiceTheTimeInEachRound) {
  for (int rung = 0; rung < 3; ++rung) (void)after(10s);

  EXPECT_THAT(after(10s), Optional(Rung::kAskAgain));
  EXPECT_EQ(after(10s), std::nullopt);
  EXPECT_THAT(after(10s), Optional(Rung::kMove));
}

TEST_F(RedriveTest, KeepsALongestPaceForWhatIsMerelyQuiet) {
  int climbed = 0;
  for (int told = 0; told < 100'000; ++told) climbed += after(10s) ? 1 : 0;

  EXPECT_GT(climbed, 100'000 / 64 - 20);
  EXPECT_LT(climbed, 100'000 / 64 + 20);
}

TEST_F(RedriveTest, BeginsAtTheBottomAfterDataHasComeAgain) {
  (void)after(0s);
  (void)after(10s);
  redrive.handle_data();

  EXPECT_THAT(after(30s + 1ns), Optional(Rung::kAskAgain));
}

TEST_F(RedriveTest, ClimbsOnWhereARungTakesLong) {
  (void)after(0s);

  EXPECT_THAT(after(10min), Optional(Rung::kMove));
  EXPECT_THAT(after(10min), Optional(Rung::kNewConnection));
}

TEST_F(RedriveTest, ClimbsOnWhereDataWasButASnapshot) {
  (void)after(0s);
  redrive.handle_data();

  EXPECT_THAT(after(30s), Optional(Rung::kMove));
  EXPECT_THAT(after(31s), Optional(Rung::kNewConnection)) << "there was none since then";
}

TEST_F(RedriveTest, BeginsAtTheBottomWhenNothingWasHeardOfItForAnHour) {
  (void)after(0s);

  EXPECT_THAT(after(Redrive::kRest), Optional(Rung::kMove));
  EXPECT_THAT(after(Redrive::kRest + 1ns), Optional(Rung::kAskAgain));
}

TEST_F(RedriveTest, IsAtRestAnHourAfterTheLastSilence) {
  (void)after(0s);
  EXPECT_FALSE(redrive.is_at_rest(now + Redrive::kRest - 1ns));

  EXPECT_TRUE(redrive.is_at_rest(now + Redrive::kRest));
}

}  // namespace
}  // namespace wsm
