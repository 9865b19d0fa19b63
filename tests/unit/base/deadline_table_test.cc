#include "base/deadline_table.h"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm {
namespace {

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ns;

enum class Timer { kPing, kPong, kCount };

constexpr TimePoint kStart{1000s};

class DeadlineTableTest : public ::testing::Test {
 protected:
  DeadlineTable<Timer> deadlines;
};

TEST_F(DeadlineTableTest, HasNoDeadlineAtFirst) {
  EXPECT_FALSE(deadlines.is_set(Timer::kPing));
  EXPECT_EQ(deadlines.at(Timer::kPing), std::nullopt);
  EXPECT_EQ(deadlines.next(), std::nullopt);
  EXPECT_FALSE(deadlines.take_expired(Timer::kPing, TimePoint::max()));
}

TEST_F(DeadlineTableTest, KeepsOneDeadlineForEachTimer) {
  deadlines.set(Timer::kPing, kStart + 5s);
  deadlines.set(Timer::kPong, kStart + 7s);
  deadlines.set(Timer::kPing, kStart + 6s);

  EXPECT_EQ(deadlines.at(Timer::kPing), kStart + 6s);
  EXPECT_EQ(deadlines.at(Timer::kPong), kStart + 7s);
}

TEST_F(DeadlineTableTest, NextIsTheEarliest) {
  deadlines.set(Timer::kPing, kStart + 7s);
  deadlines.set(Timer::kPong, kStart + 5s);
  EXPECT_EQ(deadlines.next(), kStart + 5s);

  deadlines.clear(Timer::kPong);
  EXPECT_EQ(deadlines.next(), kStart + 7s);
}

TEST_F(DeadlineTableTest, ExpiresAtTheDeadlineAndNotBefore) {
  deadlines.set(Timer::kPing, kStart + 5s);

  EXPECT_FALSE(deadlines.take_expired(Timer::kPing, kStart + 5s - 1ns));
  EXPECT_TRUE(deadlines.take_expired(Timer::kPing, kStart + 5s));
}

TEST_F(DeadlineTableTest, ExpiresOnceOnly) {
  deadlines.set(Timer::kPing, kStart);

  EXPECT_TRUE(deadlines.take_expired(Timer::kPing, kStart));

  EXPECT_FALSE(deadlines.is_set(Timer::kPing));
  EXPECT_FALSE(deadlines.take_expired(Timer::kPing, kStart));
}

TEST_F(DeadlineTableTest, OneTimerThatExpiresLeavesTheOthers) {
  deadlines.set(Timer::kPing, kStart);
  deadlines.set(Timer::kPong, kStart);

  EXPECT_TRUE(deadlines.take_expired(Timer::kPing, kStart));

  EXPECT_TRUE(deadlines.is_set(Timer::kPong));
}

TEST_F(DeadlineTableTest, ClearsAllAtOnce) {
  deadlines.set(Timer::kPing, kStart);
  deadlines.set(Timer::kPong, kStart);

  deadlines.clear_all();

  EXPECT_EQ(deadlines.next(), std::nullopt);
}

TEST(EarliestTest, PrefersTheEarlierAndIgnoresWhatIsAbsent) {
  EXPECT_EQ(earliest(std::nullopt, std::nullopt), std::nullopt);
  EXPECT_EQ(earliest(kStart, std::nullopt), kStart);
  EXPECT_EQ(earliest(std::nullopt, kStart), kStart);
  EXPECT_EQ(earliest(kStart, kStart + 1ns), kStart);
  EXPECT_EQ(earliest(kStart + 1ns, kStart), kStart);
}

}  // namespace
}  // namespace wsm
