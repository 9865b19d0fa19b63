#include "core/recovery/backoff.h"

#include <chrono>
#include <limits>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fixed_rng.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::FixedRng;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::Le;

constexpr std::uint32_t kMany = std::numeric_limits<std::uint32_t>::max();

std::vector<Duration> delays(const BackoffOptions& options, std::uint32_t count, Rng& rng) {
  std::vector<Duration> result;
  for (std::uint32_t failures = 1; failures <= count; ++failures) {
    result.push_back(backoff_delay(options, failures, rng));
  }
  return result;
}

class BackoffTest : public ::testing::Test {
 protected:
  FixedRng lowest{FixedRng::Draw::kLowest};
  FixedRng highest{FixedRng::Draw::kHighest};
  BackoffOptions plain{.initial_delay = 100ms, .max_delay = 1s, .multiplier = 2.0, .jitter = false};
  BackoffOptions jittered{.initial_delay = 100ms, .max_delay = 1s, .multiplier = 2.0};
};

TEST_F(BackoffTest, GrowsByTheMultiplierUpToTheLongestDelay) {
  EXPECT_THAT(delays(plain, 6, lowest), ElementsAre(100ms, 200ms, 400ms, 800ms, 1s, 1s));
}

TEST_F(BackoffTest, JitterReachesFromZeroToTheFullDelay) {
  EXPECT_THAT(delays(jittered, 5, lowest), Each(0ns));
  EXPECT_THAT(delays(jittered, 5, highest), ElementsAre(100ms, 200ms, 400ms, 800ms, 1s));
}

TEST_F(BackoffTest, JitterStaysBetween) {
  SeededRng rng{7};

  for (int i = 0; i < 1000; ++i) {
    EXPECT_THAT(backoff_delay(jittered, 3, rng), AllOf(Ge(0ns), Le(400ms)));
  }
}

TEST_F(BackoffTest, TheSameSeedGivesTheSameDelays) {
  SeededRng one{42};
  SeededRng other{42};

  EXPECT_EQ(delays(jittered, 20, one), delays(jittered, 20, other));
}

TEST_F(BackoffTest, SurvivesAnyNumberOfFailures) {
  EXPECT_EQ(backoff_delay(plain, kMany, lowest), 1s);
}

TEST_F(BackoffTest, StaysAtTheInitialDelayWithAMultiplierOfOne) {
  plain.multiplier = 1.0;

  EXPECT_EQ(backoff_delay(plain, kMany, lowest), 100ms);
}

TEST_F(BackoffTest, GrowsByAFractionToo) {
  plain.multiplier = 1.5;

  EXPECT_THAT(delays(plain, 3, lowest), ElementsAre(100ms, 150ms, 225ms));
}

TEST_F(BackoffTest, DoesNotOverflowWithTheLongestDurationThereIs) {
  jittered.max_delay = Duration::max();
  jittered.multiplier = 1e300;

  EXPECT_EQ(backoff_delay(jittered, kMany, highest), Duration::max());
}

TEST_F(BackoffTest, IsConstantWhereInitialAndLongestDelayAreEqual) {
  plain.max_delay = plain.initial_delay;

  EXPECT_THAT(delays(plain, 3, lowest), Each(100ms));
}

TEST(UniformDelayTest, IncludesBothEnds) {
  FixedRng lowest{FixedRng::Draw::kLowest};
  FixedRng highest{FixedRng::Draw::kHighest};

  EXPECT_EQ(uniform_delay(15s, 30s, lowest), 15s);
  EXPECT_EQ(uniform_delay(15s, 30s, highest), 30s);
  EXPECT_EQ(uniform_delay(5s, 5s, highest), 5s);
}

TEST(UniformDelayDeathTest, RefusesARangeThatEndsBeforeItBegins) {
  FixedRng rng{FixedRng::Draw::kLowest};

  EXPECT_DEATH((void)uniform_delay(2s, 1s, rng), "low <= high");
}

}  // namespace
}  // namespace wsm
