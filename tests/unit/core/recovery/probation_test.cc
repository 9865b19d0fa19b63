#include "core/recovery/probation.h"

#include <chrono>

#include <gtest/gtest.h>

namespace wsm {
namespace {

using namespace std::chrono_literals;

class ProbationTest : public ::testing::Test {
 protected:
  void fail() {
    EXPECT_TRUE(probation.handle_failed(now, now));
    probation.leave_out(now + 10s);
  }

  Probation probation;
  TimePoint now{1h};
};

TEST_F(ProbationTest, IsOpenToBeginWith) {
  EXPECT_TRUE(probation.is_working());
  EXPECT_TRUE(probation.is_open(now));
  EXPECT_EQ(probation.due(), TimePoint{});
  probation.begin();
  EXPECT_TRUE(probation.is_open(now)) << "nothing is tried while it works";
}

TEST_F(ProbationTest, IsLeftOutWhenItHasFailedAndThenTriedByOne) {
  fail();
  EXPECT_FALSE(probation.is_working());
  EXPECT_FALSE(probation.is_open(now + 10s - 1ns));
  EXPECT_TRUE(probation.is_open(now + 10s));
  EXPECT_EQ(probation.due(), now + 10s);

  now += 10s;
  probation.begin();
  EXPECT_FALSE(probation.is_open(now));

  probation.handle_worked();
  EXPECT_TRUE(probation.is_working());
  EXPECT_TRUE(probation.is_open(now));
}

TEST_F(ProbationTest, CountsFailuresThatSayAnythingNew) {
  fail();
  EXPECT_FALSE(probation.handle_failed(now - 1ns, now));
  EXPECT_EQ(probation.failures(), 1U);

  EXPECT_TRUE(probation.handle_failed(now, now + 1s));
  EXPECT_EQ(probation.failures(), 2U);
  probation.handle_worked();
  EXPECT_EQ(probation.failures(), 0U);
}

TEST_F(ProbationTest, OnlyTheTryItselfCanBeGivenUp) {
  fail();
  now += 10s;
  probation.begin();

  probation.handle_given_up(now - 10s - 1ns);  // Begun before the failure.
  EXPECT_FALSE(probation.is_open(now));
  probation.handle_given_up(now);
  EXPECT_TRUE(probation.is_open(now));
}

}  // namespace
}  // namespace wsm
