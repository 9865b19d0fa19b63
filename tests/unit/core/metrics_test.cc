#include <chrono>
#include <numeric>

#include <gmock/gmock.h>

#include <wsm/metrics.h>

namespace wsm {
namespace {

using namespace std::chrono_literals;

TEST(DistributionTest, HasNothingToSayWithoutValues) {
  const Distribution empty;

  EXPECT_EQ(empty.count, 0U);
  EXPECT_EQ(empty.quantile(0.5), 0ns);
}

TEST(DistributionTest, PutsAValueIntoTheBucketOfItsPowerOfTwo) {
  Distribution values;

  for (const Duration value : {-1ns, 0ns, 1ns, 2ns, 3ns, 4ns}) values.add(value);

  EXPECT_EQ(values.buckets[0], 2U);
  EXPECT_EQ(values.buckets[1], 1U);
  EXPECT_EQ(values.buckets[2], 2U);
  EXPECT_EQ(values.buckets[3], 1U);
  EXPECT_EQ(values.count, 6U);
  EXPECT_EQ(values.sum, 10ns);
  EXPECT_EQ(values.max, 4ns);
}

TEST(DistributionTest, TheLastBucketTakesAllThatIsLonger) {
  Distribution values;

  values.add(24h * 365);

  EXPECT_EQ(values.buckets.back(), 1U);
  EXPECT_EQ(values.quantile(0.5), 24h * 365);
}

TEST(DistributionTest, AQuantileIsNotTooShortAndLessThanTwiceTooLong) {
  Distribution values;
  for (int i = 1; i <= 1'000; ++i) values.add(Duration{i});

  for (const int percent : {1, 10, 50, 90, 99, 100}) {
    const Duration exact{percent * 10};
    const Duration found = values.quantile(percent / 100.0);
    EXPECT_GE(found, exact);
    EXPECT_LT(found, 2 * exact);
  }
  EXPECT_EQ(values.quantile(1), values.max);
}

TEST(DistributionTest, MergesAsIfAllHadBeenAddedToOne) {
  Distribution all;
  Distribution odd;
  Distribution even;
  for (int i = 0; i < 100; ++i) {
    all.add(Duration{i});
    (i % 2 == 0 ? even : odd).add(Duration{i});
  }

  odd.merge(even);

  EXPECT_EQ(odd, all);
}

}  // namespace
}  // namespace wsm
