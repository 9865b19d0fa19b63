#include "core/ledger/missing_numbers.h"

#include <set>

#include <gtest/gtest.h>

#include "base/rng.h"

namespace wsm {
namespace {

TEST(MissingNumbersTest, GivesEachNumberOnce) {
  MissingNumbers missing;
  missing.add(4, 6);

  EXPECT_FALSE(missing.take(3));
  EXPECT_TRUE(missing.take(5));
  EXPECT_FALSE(missing.take(5));
  EXPECT_TRUE(missing.contains(4));
  EXPECT_TRUE(missing.contains(6));
  EXPECT_FALSE(missing.take(7));
}

TEST(MissingNumbersTest, GivesUpTheOldestOfTooManyRanges) {
  MissingNumbers missing;
  for (std::uint64_t i = 0; i <= MissingNumbers::kRangesMax; ++i) missing.add(10 * i, 10 * i + 2);

  EXPECT_FALSE(missing.contains(0));
  EXPECT_TRUE(missing.contains(10));

  // A hole in the middle of a range makes two of it.
  EXPECT_TRUE(missing.take(10 * MissingNumbers::kRangesMax + 1));
  EXPECT_FALSE(missing.contains(10));
}

TEST(MissingNumbersTest, IsASetUntilThereAreTooManyRanges) {
  SeededRng rng{7};
  for (int round = 0; round < 200; ++round) {
    MissingNumbers missing;
    std::set<std::uint64_t> model;
    std::uint64_t next = 0;
    for (int range = 0; range < 4; ++range) {
      const std::uint64_t first = next + rng.below(3);
      next = first + 1 + rng.below(4);
      missing.add(first, next - 1);
      for (std::uint64_t number = first; number < next; ++number) model.insert(number);
      ++next;
    }
    for (int draw = 0; draw < 12; ++draw) {
      const std::uint64_t number = rng.below(next + 1);
      EXPECT_EQ(missing.contains(number), model.contains(number));
      EXPECT_EQ(missing.take(number), model.erase(number) == 1) << number;
    }
  }
}

}  // namespace
}  // namespace wsm
