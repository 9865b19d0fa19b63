#include "manager/shared_connects.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.h"
#include "io/steady_clock.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;

constexpr SharedSlots::Limit kOneAnHour{.count = 1, .length = 1h};

/// A manager that wants nothing but connects.
class Wanting {
 public:
  Wanting(const std::shared_ptr<SharedConnects>& connects, const SharedSlots::Limit& limit)
      : share_(connects, limit, [this] { wake(); }) {}

  /// Waits for a slot; false when none has come for far too long.
  bool reserve() {
    const TimePoint give_up = io::now() + 30s;
    while (!share_.reserve(io::now())) {
      if (io::now() > give_up) return false;
      const auto until = io::to_system(std::min(share_.next_slot().value_or(give_up), give_up));
      std::unique_lock lock{mutex_};
      changed_.wait_until(lock, until, [this] { return is_woken_; });
      is_woken_ = false;
    }
    return true;
  }
  [[nodiscard]] bool is_woken() const {
    const std::lock_guard lock{mutex_};
    return is_woken_;
  }

  [[nodiscard]] ConnectShare& share() { return share_; }

 private:
  void wake() {
    const std::lock_guard lock{mutex_};
    is_woken_ = true;
    changed_.notify_all();
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool is_woken_ = false;
  ConnectShare share_;  // Gone before what its wake() needs.
};

TEST(SharedConnectsTest, AreOfOneVenueAndOneSource) {
  const auto connects = SharedConnects::of("here", "a");

  EXPECT_EQ(SharedConnects::of("here", "a"), connects);
  EXPECT_NE(SharedConnects::of("there", "a"), connects);
  EXPECT_NE(SharedConnects::of("here", "b"), connects);
  EXPECT_NE(SharedConnects::of("here", ""), connects);
}

TEST(SharedConnectsTest, OutlastThoseWhoHaveUsedThem) {
  static int run = 0;  // What has connected lasts longer than a test.
  const std::string venue = "lasting " + std::to_string(++run);
  {
    ConnectShare first{SharedConnects::of(venue, ""), kOneAnHour, [] {}};
    first.join();
    ASSERT_TRUE(first.reserve(io::now()));
    first.connect(io::now());
  }

  ConnectShare second{SharedConnects::of(venue, ""), kOneAnHour, [] {}};
  second.join();

  EXPECT_FALSE(second.reserve(io::now()));
  EXPECT_GT(second.next_slot().value_or(TimePoint::max()), io::now() + 59min);
}

TEST(SharedConnectsTest, WhoHasNotJoinedGetsNothingAndHoldsUpNobody) {
  const auto connects = std::make_shared<SharedConnects>();
  ConnectShare absent{connects, kOneAnHour, [] {}};
  ConnectShare present{connects, std::nullopt, [] {}};
  EXPECT_FALSE(present.join());

  EXPECT_FALSE(absent.reserve(io::now()));
  EXPECT_EQ(absent.next_slot(), std::nullopt);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(present.reserve(io::now()));
}

TEST(SharedConnectsTest, TellWhoJoinsThatOthersHaveOtherLimits) {
  const auto connects = std::make_shared<SharedConnects>();
  ConnectShare first{connects, kOneAnHour, [] {}};
  ConnectShare same{connects, kOneAnHour, [] {}};
  ConnectShare other{connects, SharedSlots::Limit{.count = 2, .length = 1h}, [] {}};

  EXPECT_FALSE(first.join());
  EXPECT_FALSE(same.join());
  EXPECT_TRUE(other.join());
}

TEST(SharedConnectsTest, WakeWhoWaitsWhenSomethingIsGivenBack) {
  const auto connects = std::make_shared<SharedConnects>();
  Wanting a{connects, kOneAnHour};
  Wanting b{connects, kOneAnHour};
  a.share().join();
  b.share().join();
  ASSERT_TRUE(a.share().reserve(io::now()));
  ASSERT_FALSE(b.share().reserve(io::now()));
  EXPECT_EQ(b.share().next_slot(), std::nullopt);
  EXPECT_FALSE(b.is_woken());

  a.share().give_back();

  EXPECT_TRUE(b.is_woken());
  EXPECT_LE(b.share().next_slot().value_or(TimePoint::max()), io::now());
  EXPECT_TRUE(b.share().reserve(io::now()));
}

TEST(SharedConnectsTest, WakeWhoWaitsWhenAnotherIsGone) {
  const auto connects = std::make_shared<SharedConnects>();
  auto a = std::make_unique<Wanting>(connects, kOneAnHour);
  Wanting b{connects, kOneAnHour};
  a->share().join();
  b.share().join();
  ASSERT_TRUE(a->share().reserve(io::now()));
  ASSERT_FALSE(b.share().reserve(io::now()));

  a.reset();

  EXPECT_TRUE(b.is_woken());
  EXPECT_TRUE(b.share().reserve(io::now()));
}

/// Each comes and goes, uses what it has reserved or gives it back, while others wait for it.
TEST(SharedConnectsTest, HoldFromManyThreads) {
  constexpr SharedSlots::Limit kLimit{.count = 10, .length = 5ms};
  constexpr std::size_t kThreads = 4;
  constexpr int kConnects = 150;
  const auto connects = std::make_shared<SharedConnects>();
  std::vector<std::vector<TimePoint>> times(kThreads);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      SeededRng rng{i};
      auto wanting = std::make_unique<Wanting>(connects, kLimit);
      wanting->share().join();
      while (times[i].size() < kConnects) {
        if (!wanting->reserve()) return;
        if (rng.below(4) == 0) {
          wanting->share().give_back();
        } else if (rng.below(20) == 0) {
          wanting = std::make_unique<Wanting>(connects, kLimit);
          wanting->share().join();
        } else {
          times[i].push_back(io::now());
          wanting->share().connect(times[i].back());
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  std::vector<TimePoint> all;
  for (const auto& some : times) all.insert(all.end(), some.begin(), some.end());
  ASSERT_EQ(all.size(), kThreads * kConnects) << "somebody was not woken";
  std::ranges::sort(all);
  for (std::size_t i = 0; i + kLimit.count < all.size(); ++i) {
    ASSERT_GE(all[i + kLimit.count] - all[i], kLimit.length) << "an interval holds more";
  }
}

}  // namespace
}  // namespace wsm
