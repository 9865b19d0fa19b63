// A governor whose slots are not its own.

#include <chrono>
#include <memory>
#include <optional>

#include <gtest/gtest.h>

#include "core/limits/connect_governor.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1h};
constexpr auto kRestore = ConnectUrgency::kRestore;
constexpr auto kRenew = ConnectUrgency::kRenew;
constexpr ShardId kA{0};
constexpr ShardId kB{1};
constexpr ShardId kC{2};

/// Has what a test gives it.
class FakeSlots final : public ConnectSlots {
 public:
  bool reserve(TimePoint) override {
    is_in_line = free == 0;
    if (is_in_line) return false;
    --free;
    return true;
  }
  void withdraw() override { is_in_line = false; }
  void connect(TimePoint now) override { connected = now; }
  void give_back() override { ++free; }
  [[nodiscard]] std::optional<TimePoint> next_slot() const override { return next; }

  int free = 0;
  bool is_in_line = false;
  std::optional<TimePoint> connected;
  std::optional<TimePoint> next;
};

class ConnectGovernorSharingTest : public ::testing::Test {
 protected:
  std::shared_ptr<FakeSlots> here = std::make_shared<FakeSlots>();
  std::shared_ptr<FakeSlots> there = std::make_shared<FakeSlots>();
  ConnectGovernor governor{{.connects = {}, .connections_max = 2, .sources = 2}, {here, there}};
};

TEST_F(ConnectGovernorSharingTest, GivesPermitsForTheSlotsThatItGets) {
  ASSERT_FALSE(governor.ask(kA, 0, kRestore, kStart));
  EXPECT_TRUE(here->is_in_line);
  EXPECT_FALSE(there->is_in_line);
  here->next = kStart + 5s;
  EXPECT_EQ(governor.next_deadline(), kStart + 5s);
  EXPECT_EQ(governor.take_permit(kStart + 5s), std::nullopt) << "another was faster";

  here->free = 1;

  EXPECT_EQ(governor.take_permit(kStart + 6s), kA);
  EXPECT_EQ(governor.take_permit(kStart + 6s), std::nullopt);
  EXPECT_EQ(governor.next_deadline(), std::nullopt);
}

TEST_F(ConnectGovernorSharingTest, TellsWhatBecomesOfASlot) {
  here->free = 1;
  ASSERT_TRUE(governor.ask(kA, 0, kRestore, kStart));
  governor.handle_unused(0);
  EXPECT_EQ(here->free, 1);
  ASSERT_TRUE(governor.ask(kA, 0, kRestore, kStart));

  governor.handle_connecting(0, kStart + 1s);

  EXPECT_EQ(here->connected, kStart + 1s);
  EXPECT_EQ(there->connected, std::nullopt);
}

TEST_F(ConnectGovernorSharingTest, LeavesTheLineWithTheLastShardThatWaits) {
  ASSERT_FALSE(governor.ask(kA, 0, kRestore, kStart));
  ASSERT_FALSE(governor.ask(kB, 0, kRenew, kStart));

  governor.withdraw(kA);
  EXPECT_TRUE(here->is_in_line);
  governor.withdraw(kB);
  EXPECT_FALSE(here->is_in_line);
}

TEST_F(ConnectGovernorSharingTest, LeavesTheLineWhereItHasNoConnectionLeftForASlot) {
  there->free = 2;
  ASSERT_FALSE(governor.ask(kA, 0, kRenew, kStart));
  ASSERT_TRUE(governor.ask(kB, 1, kRestore, kStart));
  ASSERT_TRUE(here->is_in_line);
  ASSERT_TRUE(governor.ask(kC, 1, kRestore, kStart));

  EXPECT_EQ(governor.take_permit(kStart), std::nullopt);
  EXPECT_FALSE(here->is_in_line);

  governor.handle_unused(1);
  EXPECT_EQ(governor.take_permit(kStart), std::nullopt);
  EXPECT_TRUE(here->is_in_line);
}

/// Others give back what they have only to who stands in line.
TEST_F(ConnectGovernorSharingTest, WantsToAskAtOnceWhenAConnectionHasBecomeFree) {
  there->free = 2;
  ASSERT_TRUE(governor.ask(kB, 1, kRestore, kStart));
  ASSERT_TRUE(governor.ask(kC, 1, kRestore, kStart));
  ASSERT_FALSE(governor.ask(kA, 0, kRestore, kStart));
  ASSERT_FALSE(here->is_in_line);
  EXPECT_EQ(governor.next_deadline(), std::nullopt);

  governor.handle_connecting(1, kStart);
  governor.handle_closed();

  ASSERT_TRUE(governor.next_deadline());
  EXPECT_LE(*governor.next_deadline(), kStart);
  EXPECT_EQ(governor.take_permit(kStart), std::nullopt);
  EXPECT_TRUE(here->is_in_line);
  EXPECT_EQ(governor.next_deadline(), std::nullopt);
}

}  // namespace
}  // namespace wsm
