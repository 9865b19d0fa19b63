#include "core/limits/rolling_window.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1h};

TEST(RollingWindowTest, AllowsAsManyAsTheCountAtOneInstant) {
  RollingWindow window{{.count = 2, .length = 1s}};

  window.take(kStart);
  EXPECT_TRUE(window.allows(kStart));
  window.take(kStart);
  EXPECT_FALSE(window.allows(kStart));
}

TEST(RollingWindowTest, AllowsTheNextWhenTheFirstIsOneLengthOld) {
  RollingWindow window{{.count = 2, .length = 1s}};
  window.take(kStart);
  window.take(kStart + 900ms);

  EXPECT_FALSE(window.allows(kStart + 1s - 1ns));
  EXPECT_TRUE(window.allows(kStart + 1s));
  EXPECT_EQ(window.earliest(kStart + 950ms), kStart + 1s);
  EXPECT_EQ(window.earliest(kStart + 5s), kStart + 5s);
}

TEST(RollingWindowTest, CountsFromEachEventAndNotFromAGrid) {
  RollingWindow window{{.count = 2, .length = 1s}};
  window.take(kStart);
  window.take(kStart + 900ms);
  window.take(kStart + 1s);

  EXPECT_FALSE(window.allows(kStart + 1900ms - 1ns));
  EXPECT_TRUE(window.allows(kStart + 1900ms));
}

TEST(RollingWindowTest, KeepsTheSpacingBetweenTwo) {
  RollingWindow window{{.count = 10, .length = 1s, .spacing = 50ms}};
  window.take(kStart);

  EXPECT_FALSE(window.allows(kStart + 50ms - 1ns));
  EXPECT_TRUE(window.allows(kStart + 50ms));
}

TEST(RollingWindowTest, LeavesRoomForOthersWhenAsked) {
  RollingWindow window{{.count = 3, .length = 1s}};
  window.take(kStart);
  EXPECT_EQ(window.earliest(kStart, 1), kStart);

  window.take(kStart + 100ms);

  EXPECT_EQ(window.earliest(kStart + 100ms, 1), kStart + 1s);
  EXPECT_EQ(window.earliest(kStart + 100ms, 2), kStart + 1100ms);
  EXPECT_EQ(window.earliest(kStart + 100ms), kStart + 100ms);
}

TEST(RollingWindowTest, CountsFromTheTimeThatAnEventWasPostponedTo) {
  RollingWindow window{{.count = 2, .length = 1s}};
  window.take(kStart);
  window.take(kStart + 100ms);

  window.postpone(1, kStart + 500ms);

  EXPECT_EQ(window.earliest(kStart + 600ms), kStart + 1s);
  window.take(kStart + 1s);
  EXPECT_EQ(window.earliest(kStart + 1s), kStart + 1500ms);
}

class RollingWindowPropertyTest : public ::testing::TestWithParam<std::uint64_t> {};

/// The naive model remembers everything: an event at `when` is allowed if no interval that contains
/// it is full. Intervals that end with it are the fullest, since nothing is later.
TEST_P(RollingWindowPropertyTest, AgreesWithANaiveModel) {
  SeededRng rng{GetParam()};
  const RollingWindow::Options options{.count = 1 + rng.below(6),
                                       .length = Duration(1 + rng.below(50)),
                                       .spacing = Duration(rng.below(8))};
  RollingWindow window{options};
  std::vector<TimePoint> events;
  const auto is_allowed = [&](TimePoint when) {
    const auto recent = std::ranges::count_if(
        events, [&](TimePoint event) { return event > when - options.length; });
    const bool is_spaced = events.empty() || when - events.back() >= options.spacing;
    return is_spaced && static_cast<std::size_t>(recent) < options.count;
  };

  TimePoint now = kStart;
  for (int step = 0; step < 2000; ++step) {
    now += Duration(rng.below(20));
    TimePoint expected = now;
    while (!is_allowed(expected)) ++expected;
    ASSERT_EQ(window.earliest(now), expected);
    if (rng.below(3) == 0) now = expected;
    if (window.allows(now)) {
      window.take(now);
      events.push_back(now);
    }
  }

  for (std::size_t i = 0; i + options.count < events.size(); ++i) {
    ASSERT_GE(events[i + options.count] - events[i], options.length) << "an interval holds more";
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RollingWindowPropertyTest, ::testing::Range<std::uint64_t>(1, 31));

}  // namespace
}  // namespace wsm
