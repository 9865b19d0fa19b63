#include "core/recovery/circuit_breaker.h"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fixed_rng.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using ::testing::Optional;

class CircuitBreakerTest : public ::testing::Test {
 protected:
  void fail(int times) {
    for (int i = 0; i < times; ++i) breaker.handle_failed(now);
  }
  void trip() { fail(3); }
  void begin_probe() {
    now += 20s;
    breaker.begin_probe(now);
  }

  TimePoint now{1h};
  test::FixedRng rng{test::FixedRng::Draw::kHighest};
  CircuitBreaker breaker{{.threshold = 3, .delay_max = 20s}, rng};
};

TEST_F(CircuitBreakerTest, OpensAtTheThreshold) {
  fail(2);
  EXPECT_EQ(breaker.status(), CircuitStatus::kClosed);
  EXPECT_FALSE(breaker.may_probe(now));

  fail(1);
  EXPECT_EQ(breaker.status(), CircuitStatus::kOpen);
}

TEST_F(CircuitBreakerTest, CountsFailuresInARowOnly) {
  fail(2);
  breaker.handle_opened();
  breaker.handle_closed();
  fail(2);

  EXPECT_TRUE(breaker.is_closed());
}

TEST_F(CircuitBreakerTest, CountsNothingWhileAConnectionIsOpen) {
  breaker.handle_opened();
  breaker.handle_opened();
  breaker.handle_closed();
  fail(100);
  EXPECT_TRUE(breaker.is_closed());

  breaker.handle_closed();
  fail(2);
  EXPECT_TRUE(breaker.is_closed()) << "what failed before does not count";
  fail(1);
  EXPECT_EQ(breaker.status(), CircuitStatus::kOpen);
}

TEST_F(CircuitBreakerTest, LetsAProbeGoAfterTheDelayAndNotBefore) {
  trip();

  EXPECT_THAT(breaker.probe_at(), Optional(now + 20s));
  EXPECT_FALSE(breaker.may_probe(now + 20s - 1ns));
  EXPECT_TRUE(breaker.may_probe(now + 20s));
}

TEST_F(CircuitBreakerTest, DrawsTheDelayFromTheUpperHalf) {
  test::FixedRng lowest{test::FixedRng::Draw::kLowest};
  CircuitBreaker eager{{.threshold = 1, .delay_max = 20s}, lowest};

  eager.handle_failed(now);

  EXPECT_THAT(eager.probe_at(), Optional(now + 10s));
}

TEST_F(CircuitBreakerTest, LetsNobodyElseGoWhileTheProbeIsUnderWay) {
  trip();

  begin_probe();

  EXPECT_EQ(breaker.status(), CircuitStatus::kHalfOpen);
  EXPECT_FALSE(breaker.may_probe(now + 24h));
  EXPECT_EQ(breaker.probe_at(), std::nullopt);
}

TEST_F(CircuitBreakerTest, ClosesWhenAConnectionOpens) {
  trip();
  begin_probe();

  breaker.handle_opened();

  EXPECT_TRUE(breaker.is_closed());
  EXPECT_FALSE(breaker.is_blank()) << "there is a connection";
}

TEST_F(CircuitBreakerTest, ClosesWhenAnAttemptFromBeforeOpens) {
  trip();

  breaker.handle_opened();

  EXPECT_TRUE(breaker.is_closed());
}

TEST_F(CircuitBreakerTest, OpensAgainForAnotherDelayWhenTheProbeFails) {
  trip();
  begin_probe();

  breaker.handle_probe_failed(now);

  EXPECT_FALSE(breaker.may_probe(now + 20s - 1ns));
  EXPECT_TRUE(breaker.may_probe(now + 20s));
}

TEST_F(CircuitBreakerTest, LetsTheNextProbeGoAtOnceWhenOneIsGivenUp) {
  trip();
  begin_probe();

  breaker.handle_probe_given_up(now);

  EXPECT_TRUE(breaker.may_probe(now));
}

TEST_F(CircuitBreakerTest, IsNotHeldOpenByAttemptsFromBefore) {
  trip();

  now += 10s;
  fail(5);

  EXPECT_THAT(breaker.probe_at(), Optional(now + 10s));
}

TEST_F(CircuitBreakerTest, NeedNotWaitForSomebodyInAHurry) {
  trip();

  breaker.hurry(now + 1s);

  EXPECT_FALSE(breaker.may_probe(now + 1s - 1ns));
  EXPECT_TRUE(breaker.may_probe(now + 1s));
}

TEST_F(CircuitBreakerTest, AHurryCannotPutTheProbeOff) {
  trip();

  breaker.hurry(now + 1h);

  EXPECT_TRUE(breaker.may_probe(now + 20s));
}

}  // namespace
}  // namespace wsm
