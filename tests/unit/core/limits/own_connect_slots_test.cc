#include "core/limits/own_connect_slots.h"

#include <chrono>
#include <optional>

#include <gtest/gtest.h>

namespace wsm {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1h};

TEST(OwnConnectSlotsTest, HasNoEndWithoutALimit) {
  OwnConnectSlots slots{std::nullopt};

  for (int i = 0; i < 100; ++i) EXPECT_TRUE(slots.reserve(kStart));

  EXPECT_LE(slots.next_slot().value_or(TimePoint::max()), kStart);
}

TEST(OwnConnectSlotsTest, CountsASlotFromItsReservationUntilAWindowAfterItsConnect) {
  OwnConnectSlots slots{{{.count = 1, .length = 1s}}};
  ASSERT_TRUE(slots.reserve(kStart));
  EXPECT_FALSE(slots.reserve(kStart + 5s));
  EXPECT_EQ(slots.next_slot(), std::nullopt);

  slots.connect(kStart + 5s);

  EXPECT_EQ(slots.next_slot(), kStart + 6s);
  EXPECT_FALSE(slots.reserve(kStart + 6s - 1ns));
  EXPECT_TRUE(slots.reserve(kStart + 6s));
}

TEST(OwnConnectSlotsTest, HasAgainWhatWasGivenBack) {
  OwnConnectSlots slots{{{.count = 1, .length = 1h}}};
  ASSERT_TRUE(slots.reserve(kStart));

  slots.give_back();

  EXPECT_TRUE(slots.reserve(kStart));
}

}  // namespace
}  // namespace wsm
