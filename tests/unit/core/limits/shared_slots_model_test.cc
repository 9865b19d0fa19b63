// SharedSlots against a naive model that remembers everything, over random sequences.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.h"
#include "core/limits/shared_slots.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;

/// A sharer as its manager is: it comes when it was told to, or is woken, unless it is stuck.
struct Sharer {
  std::optional<SharedSlots::Limit> limit;
  std::size_t wanted = 0;
  std::size_t reserved = 0;
  std::optional<TimePoint> told = {};
  TimePoint stuck_until = {};
};

class SharedSlotsModelTest : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  /// How many slots are free, counted from the beginning.
  [[nodiscard]] std::size_t free() const {
    std::size_t least = 1'000;
    for (const auto& [id, sharer] : sharers) {
      if (!sharer.limit) continue;
      const TimePoint since = now - sharer.limit->length;
      auto taken = static_cast<std::size_t>(
          std::ranges::count_if(connects, [&](TimePoint at) { return at > since; }));
      for (const auto& entry : sharers) taken += entry.second.reserved;
      least = std::min(least, sharer.limit->count - std::min(taken, sharer.limit->count));
    }
    return least;
  }

  [[nodiscard]] std::optional<SharedSlots::Limit> any_limit() {
    if (rng.below(4) == 0) return std::nullopt;
    return SharedSlots::Limit{.count = 1 + rng.below(5), .length = (1 + rng.below(5)) * 100ms};
  }

  void join(const std::optional<SharedSlots::Limit>& limit) {
    sharers.emplace(slots.join(limit), Sharer{.limit = limit});
  }

  void leave(SharerId id) {
    slots.leave(id, now);
    sharers.erase(id);
    std::erase(line, id);
  }

  /// One reservation; whether it was given.
  bool ask(SharerId id) {
    const std::size_t before = free();
    Sharer& sharer = sharers.at(id);
    if (!slots.is_in_line(id)) std::erase(line, id);  // It has lost its place, if it had one.
    if (!slots.reserve(id, now)) {
      sharer.told = slots.next_slot(id);
      EXPECT_GT(sharer.told.value_or(TimePoint::max()), now) << "to come at once would be in vain";
      if (std::ranges::find(line, id) == line.end()) line.push_back(id);
      return false;
    }
    EXPECT_GT(before, 0U) << "a limit is exceeded";
    ++sharer.reserved;
    --sharer.wanted;
    for (const SharerId other : line) {
      if (other == id) break;
      SharedSlots then = slots;
      EXPECT_TRUE(!slots.is_in_line(other) || then.reserve(other, now)) << "somebody was passed";
    }
    std::erase(line, id);
    return true;
  }

  /// All come who have been told to, in any order.
  void come() {
    std::vector<SharerId> order;
    for (const auto& [id, sharer] : sharers) {
      order.insert(order.begin() + static_cast<std::ptrdiff_t>(rng.below(order.size() + 1)), id);
    }
    for (bool is_any_given = true; is_any_given;) {
      is_any_given = false;
      for (const SharerId id : order) {
        note_woken();
        const Sharer& sharer = sharers.at(id);
        if (sharer.wanted == 0 || sharer.stuck_until > now) continue;
        if (slots.is_in_line(id) && sharer.told.value_or(TimePoint::max()) > now) continue;
        is_any_given = ask(id) || is_any_given;
      }
      note_woken();
      is_any_given = is_any_given || is_any_due();
    }
  }

  void note_woken() {
    while (const auto id = slots.poll_woken()) {
      if (sharers.contains(*id)) sharers.at(*id).told = now;
    }
  }

  [[nodiscard]] bool is_any_due() const {
    return std::ranges::any_of(sharers, [&](const auto& entry) {
      const Sharer& sharer = entry.second;
      return sharer.wanted > 0 && sharer.stuck_until <= now &&
             sharer.told.value_or(TimePoint::max()) <= now;
    });
  }

  /// No slot is idle while somebody waits, but those that are kept for who is stuck.
  void expect_nothing_idle() const {
    bool is_anybody_waiting = false;
    std::size_t kept = 0;
    for (const auto& [id, sharer] : sharers) {
      const bool is_stuck = sharer.stuck_until > now;
      is_anybody_waiting = is_anybody_waiting || (sharer.wanted > 0 && !is_stuck);
      if (is_stuck && slots.is_in_line(id)) ++kept;
    }
    EXPECT_TRUE(!is_anybody_waiting || free() <= kept) << "an idle slot";
  }

  void change(SharerId id) {
    Sharer& sharer = sharers.at(id);
    const auto choice = rng.below(20);
    if (choice < 6) {
      sharer.wanted += 1 + rng.below(3);
    } else if (choice < 15 && sharer.reserved > 0) {
      --sharer.reserved;
      slots.handle_connecting(id, now);
      connects.push_back(now);
    } else if (choice < 17 && sharer.reserved > 0) {
      --sharer.reserved;
      slots.handle_unused(id, now);
    } else if (choice == 17) {
      sharer.wanted = 0;
      slots.withdraw(id, now);
      std::erase(line, id);
    } else if (choice == 18 && rng.below(4) == 0) {
      sharer.stuck_until = now + rng.below(30) * 100ms;
    } else if (choice == 19 && id != kStays && rng.below(2) == 0) {
      leave(id);
    }
  }

  static constexpr SharerId kStays{1};

  SeededRng rng{GetParam()};
  SharedSlots slots;
  std::map<SharerId, Sharer> sharers;
  std::vector<SharerId> line;  // As they were refused.
  std::vector<TimePoint> connects;
  TimePoint now{1h};
};

TEST_P(SharedSlotsModelTest, NeverExceedsNeverIdlesAndLetsNobodyPass) {
  const SharedSlots::Limit limit{.count = 1 + rng.below(4), .length = 300ms};
  join(limit);

  for (int step = 0; step < 3000; ++step) {
    now += Duration{rng.below(60) * 1ms};
    if (rng.below(10) == 0 && sharers.size() < 6) join(rng.below(3) > 0 ? limit : any_limit());
    auto chosen = sharers.begin();
    std::advance(chosen, static_cast<std::ptrdiff_t>(rng.below(sharers.size())));
    change(chosen->first);
    come();
    expect_nothing_idle();
    if (HasNonfatalFailure()) FAIL() << "at step " << step;
  }

  for (std::size_t i = 0; i + limit.count < connects.size(); ++i) {
    ASSERT_GE(connects[i + limit.count] - connects[i], limit.length) << "an interval holds more";
  }
  EXPECT_GT(connects.size(), 100U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, SharedSlotsModelTest, ::testing::Range<std::uint64_t>(1, 51));

}  // namespace
}  // namespace wsm
