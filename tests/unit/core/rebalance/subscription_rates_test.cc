#include "core/rebalance/subscription_rates.h"

#include <chrono>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;

constexpr SubscriptionId kOne{1};
constexpr SubscriptionId kOther{4};

class SubscriptionRatesTest : public ::testing::Test {
 protected:
  /// `per_second` messages of kOne, evenly, in as many batches.
  void run(int per_second, std::size_t bytes, Duration length) {
    const Duration step = Duration{1s} / per_second;
    for (const TimePoint end = now + length; now < end;) {
      now += step;
      rates.handle_message(kOne, bytes, now);
    }
  }
  double messages(SubscriptionId id = kOne) const {
    return rates.rate(id, now).messages_per_second;
  }
  double bytes(SubscriptionId id = kOne) const { return rates.rate(id, now).bytes_per_second; }

  TimePoint now{1h};
  SubscriptionRates rates;
};

TEST_F(SubscriptionRatesTest, KnowsNothingOfWhatHasBroughtNothing) {
  EXPECT_EQ(messages(), 0);
  EXPECT_EQ(bytes(), 0);
}

TEST_F(SubscriptionRatesTest, KnowsASteadyRateFromEarlyOn) {
  run(10, 200, SubscriptionRates::kYoung);
  EXPECT_NEAR(messages(), 10, 0.2);
  EXPECT_NEAR(bytes(), 2'000, 40);

  run(10, 200, 10min);
  EXPECT_NEAR(messages(), 10, 0.1);
  EXPECT_NEAR(bytes(), 2'000, 20);
}

TEST_F(SubscriptionRatesTest, ABurstAtTheBeginningIsNoRateOfThousands) {
  for (int i = 0; i < 50; ++i) rates.handle_message(kOne, 100, now);

  EXPECT_NEAR(messages(), 50.0 / 10, 0.5) << "as if they had come in ten seconds";
}

TEST_F(SubscriptionRatesTest, FollowsAChange) {
  run(10, 100, 10min);

  run(20, 50, SubscriptionRates::kMemory);
  EXPECT_NEAR(messages(), 20 - 10 * std::exp(-1), 0.2);

  run(20, 50, 10min);
  EXPECT_NEAR(messages(), 20, 0.2);
  EXPECT_NEAR(bytes(), 1'000, 10);
}

TEST_F(SubscriptionRatesTest, FadesInSilence) {
  run(10, 100, 10min);

  now += SubscriptionRates::kMemory;
  EXPECT_NEAR(messages(), 10 * std::exp(-1), 0.05);
  now += 24h;
  EXPECT_NEAR(messages(), 0, 1e-9);
  EXPECT_NEAR(bytes(), 0, 1e-9);
}

TEST_F(SubscriptionRatesTest, KeepsEachApart) {
  run(10, 100, 1min);
  rates.handle_message(kOther, 7, now);

  EXPECT_NEAR(messages(), 10, 0.2);
  EXPECT_NEAR(messages(kOther), 0.1, 0.01);
  EXPECT_NEAR(bytes(kOther), 0.7, 0.07);
}

TEST_F(SubscriptionRatesTest, MeasuresALateComerByItsOwnAge) {
  run(10, 100, 10min);
  const Duration step = 100ms;
  for (int i = 0; i < 200; ++i) rates.handle_message(kOther, 100, now += step);

  EXPECT_NEAR(messages(kOther), 10, 0.2);
}

TEST_F(SubscriptionRatesTest, ForgetsOne) {
  run(10, 100, 1min);
  rates.handle_message(kOther, 7, now);

  rates.forget(kOne);

  EXPECT_EQ(messages(), 0);
  EXPECT_GT(messages(kOther), 0);
  run(5, 100, 1min);
  EXPECT_NEAR(messages(), 5, 0.1) << "begins anew";
}

TEST_F(SubscriptionRatesTest, AveragesTheSizesOfWhatCameLately) {
  for (int i = 0; i < 6'000; ++i) rates.handle_message(kOne, i % 2 == 0 ? 100 : 300, now += 100ms);

  EXPECT_NEAR(bytes(), 2'000, 30);
}

TEST_F(SubscriptionRatesTest, StaysExactOverDays) {
  run(2, 100, 10min);
  for (int day = 0; day < 4; ++day) {
    now += 24h;
    run(2, 100, 10min);
    EXPECT_NEAR(messages(), 2, 0.03) << "day " << day;
    EXPECT_NEAR(bytes(), 200, 3) << "day " << day;
  }
}

TEST_F(SubscriptionRatesTest, GoesThroughAllWithoutALeap) {
  run(2, 100, 500 * SubscriptionRates::kMemory - 1s);
  for (int i = 0; i < 4; ++i) {
    run(2, 100, 1s);
    EXPECT_NEAR(messages(), 2, 0.02) << i;
  }
}

/// Remembers every message, and lets each fade.
struct NaiveRate {
  struct Message {
    double bytes;
    TimePoint at;
  };
  std::vector<Message> all = {};

  SubscriptionRate rate(TimePoint now) const {
    SubscriptionRate sum;
    if (all.empty()) return sum;
    const auto seconds = [](Duration time) { return std::chrono::duration<double>{time}.count(); };
    constexpr double kMemory = 60;
    for (const Message& message : all) {
      const double weight = std::exp(-seconds(now - message.at) / kMemory);
      sum.messages_per_second += weight;
      sum.bytes_per_second += weight * message.bytes;
    }
    const double age = std::max(seconds(now - all.front().at), 10.0);
    const double of_one_a_second = kMemory * (1 - std::exp(-age / kMemory));
    sum.messages_per_second /= of_one_a_second;
    sum.bytes_per_second /= of_one_a_second;
    return sum;
  }
};

TEST_F(SubscriptionRatesTest, AgreesWithAModelThatRemembersEverything) {
  SeededRng rng{11};
  std::vector<NaiveRate> naive(5);
  for (int batch = 0; batch < 3'000; ++batch) {
    now += Duration{static_cast<Duration::rep>(rng.below(rng.below(50) == 0 ? 600e9 : 400e6))};
    for (auto left = rng.below(4); left > 0; --left) {
      const auto id = rng.below(naive.size());
      const auto size = rng.below(2'000);
      rates.handle_message(SubscriptionId{static_cast<SubscriptionId::rep>(id)}, size, now);
      naive[id].all.push_back({static_cast<double>(size), now});
    }
    const auto id = rng.below(naive.size());
    const auto expected = naive[id].rate(now);
    const auto actual = rates.rate(SubscriptionId{static_cast<SubscriptionId::rep>(id)}, now);
    // Ages are known to a tenth of a second, of ten or more.
    ASSERT_NEAR(actual.messages_per_second, expected.messages_per_second,
                0.012 * expected.messages_per_second);
    ASSERT_NEAR(actual.bytes_per_second, expected.bytes_per_second,
                0.012 * expected.bytes_per_second + 1e-9);
  }
}

}  // namespace
}  // namespace wsm
