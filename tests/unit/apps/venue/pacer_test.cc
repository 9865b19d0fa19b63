#include "venue/pacer.h"

#include <gtest/gtest.h>

namespace wsm::venue {
namespace {

using namespace std::chrono_literals;

TEST(PacerTest, ComesToTheRateOverManySmallSteps) {
  Pacer pacer{5'000};
  std::uint64_t messages = 0;

  for (Duration now = 0s; now <= 10s; now += 7ms) messages += pacer.due(now);

  EXPECT_EQ(messages, 5 * 9'996U);
}

TEST(PacerTest, GivesTheFirstMessageAtItsInstant) {
  Pacer pacer{20};

  EXPECT_EQ(pacer.due(50ms - 1ns), 0U);
  EXPECT_EQ(pacer.due(50ms), 1U);
}

TEST(PacerTest, CarriesFractionsOfAMessage) {
  Pacer pacer{1};
  std::uint64_t messages = 0;

  for (Duration now = 0s; now <= 3s; now += 50ms) messages += pacer.due(now);

  EXPECT_EQ(messages, 3U);
}

TEST(PacerTest, ForgetsWhatALongPauseWouldOwe) {
  Pacer pacer{1'000};
  ASSERT_EQ(pacer.due(10ms), 10U);

  EXPECT_EQ(pacer.due(60s), 100U);
}

}  // namespace
}  // namespace wsm::venue
