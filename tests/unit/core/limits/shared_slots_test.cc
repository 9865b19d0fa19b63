#include "core/limits/shared_slots.h"

#include <chrono>
#include <optional>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr TimePoint kStart{1h};
constexpr SharedSlots::Limit kOneASecond{.count = 1, .length = 1s};
constexpr SharedSlots::Limit kThreeASecond{.count = 3, .length = 1s};

class SharedSlotsTest : public ::testing::Test {
 protected:
  void connect(SharerId id, TimePoint now) {
    ASSERT_TRUE(slots.reserve(id, now));
    slots.handle_connecting(id, now);
  }
  std::set<SharerId> woken() {
    std::set<SharerId> all;
    while (const auto id = slots.poll_woken()) all.insert(*id);
    return all;
  }

  SharedSlots slots;
};

TEST_F(SharedSlotsTest, CountsTheConnectsOfAllTogether) {
  const SharerId a = slots.join(kOneASecond);
  const SharerId b = slots.join(kOneASecond);
  connect(a, kStart);

  EXPECT_FALSE(slots.reserve(b, kStart));

  EXPECT_EQ(slots.next_slot(b), kStart + 1s);
  EXPECT_FALSE(slots.reserve(b, kStart + 1s - 1ns));
  EXPECT_TRUE(slots.reserve(b, kStart + 1s));
}

TEST_F(SharedSlotsTest, RemembersWhatThoseWhoHaveLeftHaveUsed) {
  const SharerId a = slots.join(kOneASecond);
  connect(a, kStart);
  slots.leave(a, kStart);
  EXPECT_EQ(slots.sharers(), 0U);

  const SharerId b = slots.join({{.count = 1, .length = 5min}});

  EXPECT_EQ(slots.next_slot(b), kStart + 5min) << "though nobody had told of such a window";
  EXPECT_FALSE(slots.reserve(b, kStart + 5min - 1ns));
  EXPECT_TRUE(slots.reserve(b, kStart + 5min));
}

TEST_F(SharedSlotsTest, HoldsAllToEachLimitForAsLongAsItsOwnerStays) {
  const SharerId a = slots.join(kThreeASecond);
  const SharerId strict = slots.join(kOneASecond);
  EXPECT_TRUE(slots.is_mixed());
  connect(a, kStart);
  ASSERT_FALSE(slots.reserve(a, kStart));

  slots.leave(strict, kStart);

  EXPECT_FALSE(slots.is_mixed());
  EXPECT_THAT(woken(), UnorderedElementsAre(a));
  EXPECT_TRUE(slots.reserve(a, kStart));
}

TEST_F(SharedSlotsTest, HoldsWhoHasNoLimitToThoseOfTheOthers) {
  const SharerId a = slots.join(std::nullopt);
  connect(a, kStart);
  connect(a, kStart);
  const SharerId b = slots.join(kOneASecond);

  EXPECT_FALSE(slots.is_mixed());
  EXPECT_FALSE(slots.reserve(b, kStart)) << "what has connected without a limit counts as well";
  EXPECT_FALSE(slots.reserve(a, kStart));
}

TEST_F(SharedSlotsTest, WakesWhoWaitsWhenASlotIsGivenBack) {
  const SharerId a = slots.join(kOneASecond);
  const SharerId b = slots.join(kOneASecond);
  ASSERT_TRUE(slots.reserve(a, kStart));
  ASSERT_FALSE(slots.reserve(b, kStart));
  EXPECT_EQ(slots.next_slot(b), std::nullopt) << "no time can help";
  EXPECT_THAT(woken(), IsEmpty());

  slots.handle_unused(a, kStart + 5s);

  EXPECT_THAT(woken(), UnorderedElementsAre(b));
  EXPECT_TRUE(slots.reserve(b, kStart + 5s));
}

TEST_F(SharedSlotsTest, TellsWhoWaitsWhenAConnectHasMadeTheTimeKnown) {
  const SharerId a = slots.join(kOneASecond);
  const SharerId b = slots.join(kOneASecond);
  ASSERT_TRUE(slots.reserve(a, kStart));
  ASSERT_FALSE(slots.reserve(b, kStart));

  slots.handle_connecting(a, kStart + 2s);

  EXPECT_THAT(woken(), UnorderedElementsAre(b));
  EXPECT_EQ(slots.next_slot(b), kStart + 3s);
}

TEST_F(SharedSlotsTest, GivesBackWhatWhoLeavesHasNotUsed) {
  const SharerId a = slots.join(kThreeASecond);
  const SharerId b = slots.join(kThreeASecond);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(slots.reserve(a, kStart));
  ASSERT_FALSE(slots.reserve(b, kStart));

  slots.leave(a, kStart);

  EXPECT_THAT(woken(), UnorderedElementsAre(b));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(slots.reserve(b, kStart));
}

/// Its thread may be stuck in a hook, and connect when that returns.
TEST_F(SharedSlotsTest, CountsWhatConnectsAfterItHasLeft) {
  const SharerId a = slots.join(kOneASecond);
  ASSERT_TRUE(slots.reserve(a, kStart));
  slots.leave(a, kStart);
  const SharerId b = slots.join(kOneASecond);

  slots.handle_connecting(a, kStart);
  slots.handle_unused(a, kStart);

  EXPECT_FALSE(slots.reserve(a, kStart + 1h));
  EXPECT_EQ(slots.next_slot(a), std::nullopt);
  EXPECT_EQ(slots.next_slot(b), kStart + 1s);
}

TEST_F(SharedSlotsTest, LetsNobodyPassThoseWhoWait) {
  const SharerId a = slots.join(kOneASecond);
  const SharerId b = slots.join(kOneASecond);
  const SharerId c = slots.join(kOneASecond);
  connect(a, kStart);
  ASSERT_FALSE(slots.reserve(b, kStart));
  ASSERT_FALSE(slots.reserve(c, kStart));
  ASSERT_FALSE(slots.reserve(a, kStart));

  EXPECT_FALSE(slots.reserve(a, kStart + 1s));
  EXPECT_FALSE(slots.reserve(c, kStart + 1s));
  connect(b, kStart + 1s);
  EXPECT_FALSE(slots.reserve(a, kStart + 2s));
  connect(c, kStart + 2s);
  connect(a, kStart + 3s);
}

TEST_F(SharedSlotsTest, LetsOthersTakeWhatThoseAheadLeaveThem) {
  const SharerId a = slots.join(kThreeASecond);
  const SharerId b = slots.join(kThreeASecond);
  for (int i = 0; i < 3; ++i) connect(a, kStart);
  ASSERT_FALSE(slots.reserve(b, kStart));

  EXPECT_TRUE(slots.reserve(a, kStart + 1s));
  EXPECT_TRUE(slots.reserve(a, kStart + 1s));
  EXPECT_FALSE(slots.reserve(a, kStart + 1s)) << "the third is for who came first";
  EXPECT_TRUE(slots.reserve(b, kStart + 1s));
}

TEST_F(SharedSlotsTest, WhoDoesNotComeLosesItsPlace) {
  constexpr Duration kPatience = SharedSlots::kPatience;
  const SharerId a = slots.join(kOneASecond);
  const SharerId stuck = slots.join(kOneASecond);
  connect(a, kStart);
  ASSERT_FALSE(slots.reserve(stuck, kStart));
  ASSERT_FALSE(slots.reserve(a, kStart));
  EXPECT_EQ(slots.next_slot(a), kStart + 1s + kPatience);

  EXPECT_FALSE(slots.reserve(a, kStart + 1s + kPatience - 1ns));
  EXPECT_TRUE(slots.reserve(a, kStart + 1s + kPatience));

  EXPECT_FALSE(slots.is_in_line(stuck));
  EXPECT_FALSE(slots.reserve(stuck, kStart + 1s + kPatience)) << "and stands in line again";
  EXPECT_TRUE(slots.is_in_line(stuck));
}

TEST_F(SharedSlotsTest, WhoWithdrawsMakesRoomForThoseBehind) {
  const SharerId a = slots.join(kOneASecond);
  const SharerId b = slots.join(kOneASecond);
  connect(a, kStart);
  ASSERT_FALSE(slots.reserve(b, kStart));
  ASSERT_FALSE(slots.reserve(a, kStart));

  slots.withdraw(b, kStart + 500ms);

  EXPECT_THAT(woken(), UnorderedElementsAre(a));
  EXPECT_EQ(slots.next_slot(a), kStart + 1s);
}

TEST_F(SharedSlotsTest, IsForgettableWhenNoWindowCanHoldItsConnects) {
  const SharerId a = slots.join({{.count = 1, .length = 48h}});
  connect(a, kStart);
  EXPECT_FALSE(slots.is_forgettable(kStart + 48h)) << "somebody is there";

  slots.leave(a, kStart);

  EXPECT_FALSE(slots.is_forgettable(kStart + 48h - 1ns));
  EXPECT_TRUE(slots.is_forgettable(kStart + 48h));
}

}  // namespace
}  // namespace wsm
