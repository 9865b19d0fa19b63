#include "base/rng.h"

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::Ge;
using ::testing::Le;

TEST(SeededRngTest, GivesTheNumbersThatSplitMix64IsKnownFor) {
  SeededRng rng{1234567};

  EXPECT_EQ(rng.next(), 6457827717110365317ULL);
  EXPECT_EQ(rng.next(), 3203168211198807973ULL);
  EXPECT_EQ(rng.next(), 9817491932198370423ULL);
}

TEST(SeededRngTest, TheSameSeedGivesTheSameNumbers) {
  SeededRng one{42};
  SeededRng other{42};

  for (int i = 0; i < 100; ++i) EXPECT_EQ(one.below(1000), other.below(1000));
}

TEST(SeededRngTest, OtherSeedsGiveOtherNumbers) {
  SeededRng one{1};
  SeededRng other{2};

  EXPECT_NE(one.next(), other.next());
}

TEST(SeededRngTest, BelowOneIsAlwaysZero) {
  SeededRng rng{3};

  for (int i = 0; i < 100; ++i) EXPECT_EQ(rng.below(1), 0U);
}

TEST(SeededRngTest, BelowReachesEveryNumberAboutEquallyOften) {
  SeededRng rng{4};
  std::array<int, 7> counts{};

  for (int i = 0; i < 70'000; ++i) ++counts.at(rng.below(counts.size()));

  EXPECT_THAT(counts, Each(AllOf(Ge(9'600), Le(10'400))));
}

TEST(SeededRngTest, BelowStaysUnderABoundThatIsNoPowerOfTwo) {
  SeededRng rng{5};
  constexpr std::uint64_t kBound = (1ULL << 63U) + 1;

  for (int i = 0; i < 1000; ++i) EXPECT_LT(rng.below(kBound), kBound);
}

TEST(SeededRngDeathTest, RefusesABoundOfZero) {
  SeededRng rng{6};

  EXPECT_DEATH(static_cast<void>(rng.below(0)), "assertion failed: bound > 0");
}

}  // namespace
}  // namespace wsm
