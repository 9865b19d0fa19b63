#include "core/limits/connect_governor.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1h};
constexpr auto kRestore = ConnectUrgency::kRestore;
constexpr auto kRenew = ConnectUrgency::kRenew;
constexpr ShardId kA{0};
constexpr ShardId kB{1};
constexpr ShardId kC{2};
constexpr SourceIndex kSource = 0;

ConnectGovernor with_window(std::size_t count, Duration length) {
  return ConnectGovernor{{.connects = RollingWindow::Options{.count = count, .length = length},
                          .connections_max = {}}};
}

ConnectGovernor with_connections(std::size_t count) {
  return ConnectGovernor{{.connects = {}, .connections_max = count}};
}

TEST(ConnectGovernorTest, GivesEveryPermitAtOnceWithoutLimits) {
  ConnectGovernor governor{{}};

  for (int i = 0; i < 100; ++i) EXPECT_TRUE(governor.ask(kA, kSource, kRestore, kStart));

  EXPECT_EQ(governor.next_deadline(), std::nullopt);
  EXPECT_TRUE(governor.has_room());
  EXPECT_TRUE(governor.has_slot(kSource, kStart));
}

TEST(ConnectGovernorTest, GivesTheNextPermitWhenTheFirstConnectIsOneWindowOld) {
  auto governor = with_window(1, 1s);
  ASSERT_TRUE(governor.ask(kA, kSource, kRestore, kStart));
  governor.handle_connecting(kSource, kStart);

  EXPECT_FALSE(governor.ask(kB, kSource, kRestore, kStart));

  EXPECT_EQ(governor.next_deadline(), kStart + 1s);
  EXPECT_EQ(governor.take_permit(kStart + 1s - 1ns), std::nullopt);
  EXPECT_EQ(governor.take_permit(kStart + 1s), kB);
  EXPECT_EQ(governor.next_deadline(), std::nullopt);
}

TEST(ConnectGovernorTest, CountsAConnectFromItsDial) {
  auto governor = with_window(1, 1s);
  ASSERT_TRUE(governor.ask(kA, kSource, kRestore, kStart));
  ASSERT_FALSE(governor.ask(kB, kSource, kRestore, kStart));

  EXPECT_EQ(governor.take_permit(kStart + 5s), std::nullopt) << "the permit may be used any time";
  governor.handle_connecting(kSource, kStart + 5s);

  EXPECT_EQ(governor.take_permit(kStart + 6s - 1ns), std::nullopt);
  EXPECT_EQ(governor.take_permit(kStart + 6s), kB);
}

TEST(ConnectGovernorTest, GivesAPermitThatWasNotUsedToTheNext) {
  auto governor = with_window(1, 1h);
  ASSERT_TRUE(governor.ask(kA, kSource, kRestore, kStart));
  ASSERT_FALSE(governor.ask(kB, kSource, kRestore, kStart));

  governor.handle_unused(kSource);

  EXPECT_LE(governor.next_deadline().value_or(TimePoint::max()), kStart) << "woken at once";
  EXPECT_EQ(governor.take_permit(kStart), kB);
}

TEST(ConnectGovernorTest, LetsThoseWithNothingLiveGoFirst) {
  auto governor = with_connections(1);
  ASSERT_TRUE(governor.ask(ShardId{9}, kSource, kRestore, kStart));
  ASSERT_FALSE(governor.ask(kA, kSource, kRenew, kStart));
  ASSERT_FALSE(governor.ask(kB, kSource, kRestore, kStart));
  ASSERT_FALSE(governor.ask(kC, kSource, kRestore, kStart));

  std::vector<ShardId> order;
  for (int i = 0; i < 3; ++i) {
    governor.handle_unused(kSource);
    order.push_back(governor.take_permit(kStart).value());
  }

  EXPECT_EQ(order, (std::vector{kB, kC, kA}));
}

TEST(ConnectGovernorTest, LetsNobodyPassThoseWhoWait) {
  auto governor = with_connections(1);
  ASSERT_TRUE(governor.ask(kA, kSource, kRestore, kStart));
  ASSERT_FALSE(governor.ask(kB, kSource, kRestore, kStart));
  governor.handle_unused(kSource);

  EXPECT_FALSE(governor.ask(kC, kSource, kRestore, kStart));
  EXPECT_FALSE(governor.has_slot(kSource, kStart));

  EXPECT_EQ(governor.take_permit(kStart), kB);
}

TEST(ConnectGovernorTest, ForgetsWhoDoesNotWaitAnyMore) {
  auto governor = with_connections(1);
  ASSERT_TRUE(governor.ask(kA, kSource, kRestore, kStart));
  ASSERT_FALSE(governor.ask(kB, kSource, kRestore, kStart));

  governor.withdraw(kB);
  governor.handle_unused(kSource);

  EXPECT_EQ(governor.waiting(), 0U);
  EXPECT_EQ(governor.take_permit(kStart), std::nullopt);
}

TEST(ConnectGovernorTest, CountsAConnectionFromItsPermitUntilItIsClosed) {
  auto governor = with_connections(2);
  ASSERT_TRUE(governor.ask(kA, kSource, kRestore, kStart));
  EXPECT_TRUE(governor.has_room());
  ASSERT_TRUE(governor.ask(kB, kSource, kRestore, kStart));
  governor.handle_connecting(kSource, kStart);
  EXPECT_FALSE(governor.has_room());

  ASSERT_FALSE(governor.ask(kC, kSource, kRestore, kStart));
  EXPECT_EQ(governor.next_deadline(), std::nullopt) << "no time can help";
  governor.handle_closed();

  EXPECT_FALSE(governor.has_room()) << "somebody waits for it";
  EXPECT_EQ(governor.take_permit(kStart), kC);
  EXPECT_EQ(governor.connections(), 2U);
}

ConnectGovernor with_sources(std::size_t sources, std::optional<std::size_t> most = {}) {
  return ConnectGovernor{{.connects = RollingWindow::Options{.count = 1, .length = 1s},
                          .connections_max = most,
                          .sources = sources}};
}

TEST(ConnectGovernorTest, EachSourceHasAWindowOfItsOwn) {
  auto governor = with_sources(2);
  ASSERT_TRUE(governor.ask(kA, 0, kRestore, kStart));
  governor.handle_connecting(0, kStart);

  EXPECT_TRUE(governor.has_slot(1, kStart));
  EXPECT_FALSE(governor.has_slot(0, kStart));
  EXPECT_TRUE(governor.ask(kB, 1, kRestore, kStart));
}

TEST(ConnectGovernorTest, ASourceWithoutASlotHoldsUpNoOther) {
  auto governor = with_sources(2);
  ASSERT_TRUE(governor.ask(kA, 1, kRestore, kStart));
  governor.handle_connecting(1, kStart);
  ASSERT_TRUE(governor.ask(kB, 0, kRestore, kStart + 500ms));
  governor.handle_connecting(0, kStart + 500ms);
  ASSERT_FALSE(governor.ask(kB, 0, kRestore, kStart + 600ms));
  ASSERT_FALSE(governor.ask(kC, 1, kRenew, kStart + 600ms));

  EXPECT_EQ(governor.next_deadline(), kStart + 1s);
  EXPECT_EQ(governor.take_permit(kStart + 1s), kC) << "though it has less need";
  EXPECT_EQ(governor.next_deadline(), kStart + 1500ms);
  EXPECT_EQ(governor.take_permit(kStart + 1500ms), kB);
}

TEST(ConnectGovernorTest, TheLastConnectionIsForThoseWithNothingLive) {
  auto governor = with_sources(2, 2);
  ASSERT_TRUE(governor.ask(kA, 0, kRestore, kStart));
  governor.handle_connecting(0, kStart);
  ASSERT_FALSE(governor.ask(kB, 0, kRestore, kStart));
  ASSERT_FALSE(governor.ask(kC, 1, kRenew, kStart));

  EXPECT_EQ(governor.take_permit(kStart), std::nullopt);
  EXPECT_EQ(governor.next_deadline(), kStart + 1s) << "and nobody is woken in vain";
  EXPECT_EQ(governor.take_permit(kStart + 1s), kB);
}

class ConnectGovernorPropertyTest : public ::testing::TestWithParam<std::uint64_t> {};

/// Whatever happens, no interval holds too many dials, and no slot is idle while somebody waits.
TEST_P(ConnectGovernorPropertyTest, NeverExceedsAndNeverIdles) {
  SeededRng rng{GetParam()};
  const RollingWindow::Options window{.count = 1 + rng.below(5), .length = 100ns};
  const std::size_t most = 1 + rng.below(8);
  ConnectGovernor governor{{.connects = window, .connections_max = most}};
  std::vector<TimePoint> dials;
  std::size_t permits = 0;
  std::size_t open = 0;
  ShardId::rep asked = 0;

  TimePoint now = kStart;
  for (int step = 0; step < 3000; ++step) {
    now += Duration(rng.below(30));
    while (governor.take_permit(now)) ++permits;
    const auto recent = static_cast<std::size_t>(
        std::ranges::count_if(dials, [&](TimePoint dial) { return dial > now - window.length; }));
    if (governor.waiting() > 0) {
      ASSERT_TRUE(permits + open == most || recent + permits == window.count) << "an idle slot";
    }
    switch (rng.below(4)) {
      case 0:
        if (governor.ask(ShardId{asked++}, kSource, rng.below(2) == 0 ? kRestore : kRenew, now))
          ++permits;
        break;
      case 1:
        if (permits == 0) break;
        --permits;
        ++open;
        governor.handle_connecting(kSource, now);
        dials.push_back(now);
        break;
      case 2:
        if (permits == 0 || rng.below(3) != 0) break;
        --permits;
        governor.handle_unused(kSource);
        break;
      default:
        if (open == 0) break;
        --open;
        governor.handle_closed();
        break;
    }
    ASSERT_LE(permits + open, most);
  }

  for (std::size_t i = 0; i + window.count < dials.size(); ++i) {
    ASSERT_GE(dials[i + window.count] - dials[i], window.length) << "an interval holds more";
  }
  EXPECT_GT(dials.size(), 100U);
}

/// The same for each of several sources; a permit is used after a while.
TEST_P(ConnectGovernorPropertyTest, NeverExceedsTheWindowOfASource) {
  SeededRng rng{GetParam()};
  const RollingWindow::Options window{.count = 1 + rng.below(3), .length = 100ns};
  const std::size_t most = 2 + rng.below(20);
  const std::size_t sources = 2 + rng.below(3);
  ConnectGovernor governor{{.connects = window, .connections_max = most, .sources = sources}};
  std::map<ShardId, SourceIndex> waiting;
  std::vector<SourceIndex> permits;
  std::vector<std::vector<TimePoint>> dials(sources);
  std::size_t open = 0;
  ShardId::rep asked = 0;

  TimePoint now = kStart;
  for (int step = 0; step < 3000; ++step) {
    now += Duration(rng.below(30));
    while (const auto shard = governor.take_permit(now)) {
      permits.push_back(waiting.extract(*shard).mapped());
    }
    ASSERT_GT(governor.next_deadline().value_or(TimePoint::max()), now) << "woken in vain";
    if (rng.below(2) == 0) {
      const ShardId shard{asked++};
      const SourceIndex source = rng.below(sources);
      if (governor.ask(shard, source, rng.below(2) == 0 ? kRestore : kRenew, now)) {
        permits.push_back(source);
      } else {
        waiting.emplace(shard, source);
      }
    } else if (!permits.empty()) {
      governor.handle_connecting(permits.back(), now);
      dials[permits.back()].push_back(now);
      permits.pop_back();
      ++open;
    }
    if (open > 0 && rng.below(3) == 0) {
      --open;
      governor.handle_closed();
    }
    ASSERT_LE(permits.size() + open, most);
  }

  for (const auto& times : dials) {
    EXPECT_GT(times.size(), 20U);
    for (std::size_t i = 0; i + window.count < times.size(); ++i) {
      ASSERT_GE(times[i + window.count] - times[i], window.length) << "an interval holds more";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, ConnectGovernorPropertyTest,
                         ::testing::Range<std::uint64_t>(1, 31));

}  // namespace
}  // namespace wsm
