#include "core/switchover/renewal_schedule.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iostream>
#include <map>
#include <set>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fixed_rng.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::FixedRng;

constexpr TimePoint kStart{1h};
constexpr auto kRenewal = RenewalSchedule::Opening::kRenewal;
constexpr auto kOther = RenewalSchedule::Opening::kOther;

Second second_of(TimePoint time) { return time.time_since_epoch() / 1s; }

TEST(RenewalScheduleTest, TakesTheLastFifthOfTheIntervalBehindARenewal) {
  FixedRng lowest{FixedRng::Draw::kLowest};
  FixedRng highest{FixedRng::Draw::kHighest};
  RenewalSchedule schedule;

  EXPECT_EQ(schedule.plan(ShardId{0}, kRenewal, 15min, kStart, lowest), kStart + 12min);
  EXPECT_EQ(schedule.plan(ShardId{0}, kRenewal, 15min, kStart, highest), kStart + 15min);
}

TEST(RenewalScheduleTest, TakesTheLastFourFifthsOtherwise) {
  FixedRng lowest{FixedRng::Draw::kLowest};
  FixedRng highest{FixedRng::Draw::kHighest};
  RenewalSchedule schedule;

  EXPECT_EQ(schedule.plan(ShardId{0}, kOther, 15min, kStart, lowest), kStart + 3min);
  EXPECT_EQ(schedule.plan(ShardId{0}, kOther, 15min, kStart, highest), kStart + 15min);
}

TEST(RenewalScheduleTest, GivesTheNearestFreeSecondWhereTheOneIsTaken) {
  FixedRng lowest{FixedRng::Draw::kLowest};
  RenewalSchedule schedule;

  (void)schedule.plan(ShardId{0}, kRenewal, 15min, kStart, lowest);
  EXPECT_EQ(schedule.plan(ShardId{1}, kRenewal, 15min, kStart, lowest), kStart + 12min + 1s);

  schedule.withdraw(ShardId{0});
  EXPECT_EQ(schedule.plan(ShardId{2}, kRenewal, 15min, kStart, lowest), kStart + 12min);
}

TEST(RenewalScheduleTest, IsNeverAtOnce) {
  FixedRng lowest{FixedRng::Draw::kLowest};
  RenewalSchedule schedule;

  for (const Duration interval : {1ns, 2ns, 4ns, 5ns, 6ns, Duration{500ms}, Duration{3s}}) {
    EXPECT_GT(schedule.plan(ShardId{0}, kRenewal, interval, kStart + 1ns, lowest), kStart + 1ns)
        << interval.count();
  }
}

/// Each second with how many are planned in it, without any cleverness.
class NaiveSchedule {
 public:
  void plan(ShardId shard, TimePoint time) { seconds_[shard] = second_of(time); }
  void withdraw(ShardId shard) { seconds_.erase(shard); }
  [[nodiscard]] std::ptrdiff_t count(Second second) const {
    return std::ranges::count_if(seconds_, [&](const auto& it) { return it.second == second; });
  }
  /// Of the seconds from `first` to `last`, the least that one has.
  [[nodiscard]] std::ptrdiff_t least(Second first, Second last) const {
    std::ptrdiff_t least = count(first);
    for (Second second = first; second <= last; ++second) least = std::min(least, count(second));
    return least;
  }

 private:
  std::map<ShardId, Second> seconds_;
};

TEST(RenewalScheduleTest, GivesNoSecondThatIsTakenWhileOneIsFreeAsTheNaiveModelSays) {
  SeededRng rng{1};
  RenewalSchedule schedule;
  NaiveSchedule naive;
  TimePoint now = kStart;

  for (int step = 0; step < 5000; ++step) {
    const ShardId shard{static_cast<ShardId::rep>(rng.below(60))};
    now += Duration{static_cast<Duration::rep>(rng.below(300'000'000))};
    schedule.withdraw(shard);
    naive.withdraw(shard);
    if (rng.below(4) == 0) continue;
    const Duration interval = 100s + rng.below(100) * 1s;
    const auto opening = rng.below(2) == 0 ? kRenewal : kOther;
    const Duration part = interval / 5 * (opening == kRenewal ? 1 : 4);
    const Second first = second_of(now + interval - part + 1s - 1ns);
    const Second last = second_of(now + interval);
    const std::ptrdiff_t least = naive.least(first, last);

    const TimePoint due = schedule.plan(shard, opening, interval, now, rng);

    ASSERT_EQ(due, TimePoint{second_of(due) * 1s});
    ASSERT_GE(second_of(due), first);
    ASSERT_LE(second_of(due), last);
    ASSERT_EQ(naive.count(second_of(due)), least) << "at step " << step;
    naive.plan(shard, due);
  }
}

/// How evenly the renewals of a day are spread: the most in one second, and the variation of the
/// minutes from the second interval on, which is their standard deviation over their mean.
struct Spread {
  std::ptrdiff_t most = 0;
  double variation = 0;
};

double variation_of(const std::vector<double>& counts) {
  double mean = 0;
  for (const double count : counts) mean += count / static_cast<double>(counts.size());
  double square = 0;
  for (const double count : counts) square += (count - mean) * (count - mean);
  return std::sqrt(square / static_cast<double>(counts.size())) / mean;
}

/// A thousand shards, which are opened within ten seconds; a standby takes three to be proven.
Spread spread_of_a_day(Duration interval) {
  SeededRng rng{1};
  RenewalSchedule schedule;
  std::set<std::pair<TimePoint, ShardId>> due;
  for (ShardId::rep number = 0; number < 1000; ++number) {
    const ShardId shard{number};
    due.emplace(schedule.plan(shard, kOther, interval, kStart + number * 10ms, rng), shard);
  }
  std::map<Second, std::ptrdiff_t> seconds;
  std::vector<double> minutes(24 * 60);
  while (due.begin()->first < kStart + 24h) {
    const auto [now, shard] = *due.begin();
    due.erase(due.begin());
    ++seconds[second_of(now)];
    ++minutes[static_cast<std::size_t>((now - kStart) / 1min)];
    due.emplace(schedule.plan(shard, kRenewal, interval, now + 3s, rng), shard);
  }
  Spread spread;
  for (const auto& [second, count] : seconds) spread.most = std::max(spread.most, count);
  minutes.erase(minutes.begin(), minutes.begin() + interval / 1min);
  spread.variation = variation_of(minutes);
  return spread;
}

struct Day {
  Duration interval;
  std::ptrdiff_t most;  ///< Renewals in a second.
  double variation;
};

TEST(RenewalScheduleTest, SpreadsAThousandShardsOverADay) {
  for (const auto& [interval, most, variation] :
       {Day{15min, 2, 0.1}, Day{1h, 1, 0.3}, Day{2h, 1, 0.3}, Day{6h, 1, 0.5}}) {
    const Spread spread = spread_of_a_day(interval);

    std::cout << "every " << interval / 1min << " min: at most " << spread.most
              << " in a second, variation of minutes " << spread.variation << '\n';
    EXPECT_LE(spread.most, most) << "every " << interval / 1min << " min";
    EXPECT_LE(spread.variation, variation) << "every " << interval / 1min << " min";
  }
}

}  // namespace
}  // namespace wsm
