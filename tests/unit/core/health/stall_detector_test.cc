#include "core/health/stall_detector.h"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm {
namespace {

using namespace std::chrono_literals;

class StallDetectorTest : public ::testing::Test {
 protected:
  std::optional<Duration> after(Duration by) {
    now += by;
    return detector.take_stall(now);
  }

  TimePoint now{1h};
  StallDetector detector{30s};
};

TEST_F(StallDetectorTest, ExpectsNothingAtFirst) {
  EXPECT_EQ(detector.next_deadline(), std::nullopt);
  EXPECT_EQ(after(1000h), std::nullopt);
}

TEST_F(StallDetectorTest, TellsAtTheTimeoutAndNotBefore) {
  detector.expect(now);

  EXPECT_EQ(detector.next_deadline(), now + 30s);
  EXPECT_EQ(after(30s - 1ns), std::nullopt);
  EXPECT_EQ(after(1ns), 30s);
}

TEST_F(StallDetectorTest, DataStartsTheTimeoutAgain) {
  detector.expect(now);
  now += 29s;

  detector.handle_data(now);

  EXPECT_EQ(after(30s - 1ns), std::nullopt);
  EXPECT_EQ(after(1ns), 30s);
}

TEST_F(StallDetectorTest, ExpectingAgainDoesNotStartTheTimeoutAgain) {
  detector.expect(now);
  now += 29s;

  detector.expect(now);

  EXPECT_EQ(after(1s), 30s);
}

TEST_F(StallDetectorTest, CountsASecondStallFromTheFirst) {
  detector.expect(now);
  EXPECT_EQ(after(35s), 35s);

  EXPECT_EQ(after(30s - 1ns), std::nullopt);
  EXPECT_EQ(after(1ns), 30s);
}

TEST_F(StallDetectorTest, TellsNothingWhileItRests) {
  detector.expect(now);

  detector.rest();

  EXPECT_EQ(detector.next_deadline(), std::nullopt);
  EXPECT_EQ(after(1h), std::nullopt);
}

TEST_F(StallDetectorTest, CountsFromTheEndOfARest) {
  detector.expect(now);
  now += 29s;
  detector.rest();
  now += 1h;

  detector.expect(now);

  EXPECT_EQ(after(30s - 1ns), std::nullopt);
  EXPECT_EQ(after(1ns), 30s);
}

TEST_F(StallDetectorTest, DataDoesNotEndARest) {
  detector.handle_data(now);

  EXPECT_EQ(detector.next_deadline(), std::nullopt);
}

TEST_F(StallDetectorTest, NeverTellsWithoutATimeout) {
  StallDetector patient{std::nullopt};
  patient.expect(now);

  EXPECT_EQ(patient.next_deadline(), std::nullopt);
  EXPECT_EQ(patient.take_stall(now + 1000h), std::nullopt);
}

}  // namespace
}  // namespace wsm
