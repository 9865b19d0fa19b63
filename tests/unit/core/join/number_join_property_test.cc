// Copies of one numbered feed, cut and mixed at random, against the feed itself.

#include <algorithm>
#include <array>
#include <chrono>
#include <numeric>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.h"
#include "core/join/number_join.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kLength = 3000;

/// A connection that brings every number from `next` on.
struct Copy {
  ConnectionId id;
  std::uint64_t next;
};

enum class Counting : std::uint8_t { kPlain, kChained };

class NumberJoinPropertyTest : public ::testing::TestWithParam<Counting> {
 protected:
  /// Not a test for each: starting a thousand processes takes longer than all of their work.
  template <typename Scenario>
  void for_each_seed(Scenario scenario) {
    for (std::uint64_t seed = 1; seed <= 100 && !HasFailure(); ++seed) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      rng = SeededRng{seed};
      join.reset();
      delivered.clear();
      scenario();
    }
  }
  /// Chained numbers are those of the test times ten.
  [[nodiscard]] Numbering numbering(std::uint64_t number) const {
    if (!is_chained) return {.sequence = number};
    return {.sequence = 10 * number, .previous = 10 * (number - 1)};
  }
  void bring(Copy& copy) {
    const std::uint64_t number = copy.next++;
    const Message message{MessageKind::kText, {}};
    if (join->handle(copy.id, message, numbering(number), now) == JoinFate::kDeliver) {
      delivered.push_back(number);
    }
    take_released();
    now += 100us;
  }
  void take_released() {
    while (const auto message = join->poll_released()) {
      delivered.push_back(*message->numbering.sequence / (is_chained ? 10 : 1));
    }
  }
  void end(const Copy& copy) {
    join->end_lane(copy.id, now);
    take_released();
  }
  Copy& any(std::vector<Copy>& copies) { return copies[rng.below(copies.size())]; }

  SeededRng rng{0};
  const bool is_chained = GetParam() == Counting::kChained;
  TimePoint now = TimePoint{} + 1h;
  std::optional<NumberJoin> join;
  std::vector<std::uint64_t> delivered;
};

/// Chained numbers say where they begin: they never count anew.
class JoinOfPlainNumbersTest : public NumberJoinPropertyTest {};

std::vector<std::uint64_t> numbers(std::uint64_t first, std::uint64_t last) {
  std::vector<std::uint64_t> all(last - first + 1);
  std::iota(all.begin(), all.end(), first);
  return all;
}

/// Up to three connections; each may die at any time at which another one is joined, and memory may
/// be short at any time.
TEST_P(NumberJoinPropertyTest, LosesAndRepeatsNothingWhileAJoinedConnectionLives) {
  for_each_seed([&] {
    std::vector<Copy> copies{{{ShardId{0}, Generation{1}}, 1}};
    std::uint32_t generation = 1;
    join.emplace(copies.front().id, LastDelivered{}, Speech::kSpeaking);
    while (delivered.size() < kLength) {
      if (copies.size() < 3 && rng.below(2) == 0) {
        const ConnectionId id{ShardId{0}, Generation{++generation}};
        join->add_lane(id);
        std::uint64_t furthest = 0;
        for (const Copy& copy : copies) furthest = std::max(furthest, copy.next);
        // Behind what was delivered, where it is, or ahead.
        copies.push_back({id, furthest - std::min(furthest - 1, rng.below(20)) + rng.below(30)});
      }
      for (std::uint64_t i = rng.below(200); i > 0; --i) bring(any(copies));
      if (rng.below(4) == 0) join->forget_held();
      const Copy victim = any(copies);
      const auto joined =
          std::ranges::count_if(copies, [&](const Copy& copy) { return join->is_proven(copy.id); });
      if (joined - (join->is_proven(victim.id) ? 1 : 0) < 1) continue;
      end(victim);
      std::erase_if(copies, [&](const Copy& copy) { return copy.id == victim.id; });
    }

    EXPECT_EQ(delivered, numbers(1, delivered.back()));
  });
}

/// What only the dead one had is lost, and nothing else; the order stays.
TEST_P(NumberJoinPropertyTest, LosesWhatNobodyBringsAndNothingElse) {
  for_each_seed([&] {
    Copy serving{{ShardId{0}, Generation{1}}, 1};
    Copy fresh{{ShardId{0}, Generation{2}}, 200 + rng.below(200)};
    const std::uint64_t end_of_old = 100 + rng.below(400);
    const std::uint64_t begin_of_new = fresh.next;
    join.emplace(serving.id, LastDelivered{}, Speech::kSpeaking);
    join->add_lane(fresh.id);
    while (serving.next <= end_of_old) bring(rng.below(3) == 0 ? fresh : serving);

    end(serving);
    while (fresh.next <= kLength) bring(fresh);

    std::vector<std::uint64_t> expected = numbers(1, end_of_old);
    const auto rest = numbers(std::max(begin_of_new, end_of_old + 1), kLength);
    expected.insert(expected.end(), rest.begin(), rest.end());
    EXPECT_EQ(delivered, expected);
    EXPECT_EQ(join->held_bytes(), 0U);
  });
}

/// A hole on one connection is filled by the other one, if that still comes by.
TEST_P(NumberJoinPropertyTest, FillsTheHolesOfOneConnectionFromTheOther) {
  for_each_seed([&] {
    std::vector<Copy> copies{{{ShardId{0}, Generation{1}}, 1}, {{ShardId{0}, Generation{2}}, 1}};
    join.emplace(copies[0].id, LastDelivered{}, Speech::kSpeaking);
    join->add_lane(copies[1].id);
    bring(copies[0]);
    bring(copies[1]);
    std::array<std::uint64_t, 2> skipped_until{};
    while (copies[0].next <= kLength || copies[1].next <= kLength) {
      const std::size_t side = rng.below(2);
      Copy& copy = copies[side];
      if (copy.next > kLength) continue;
      // Never the same number on both.
      const bool may_skip =
          copy.next > skipped_until[1 - side] && copies[1 - side].next <= copy.next;
      if (!is_chained && may_skip && copy.next < kLength && rng.below(30) == 0) {
        skipped_until[side] = copy.next++;
      }
      bring(copy);
    }

    EXPECT_EQ(delivered, numbers(1, kLength));
  });
}

/// The feed counts anew while one connection is behind the other.
TEST_P(JoinOfPlainNumbersTest, FollowsTheFirstConnectionThatCountsAnew) {
  for_each_seed([&] {
    std::vector<Copy> copies{{{ShardId{0}, Generation{1}}, 500},
                             {{ShardId{0}, Generation{2}}, 500}};
    join.emplace(copies[0].id, LastDelivered{}, Speech::kSpeaking);
    join->add_lane(copies[1].id);
    const std::uint64_t end_of_first = 600 + rng.below(100);
    std::array<bool, 2> has_restarted{};
    while (copies[0].next <= 300 || copies[1].next <= 300 || !has_restarted[0] ||
           !has_restarted[1]) {
      const std::size_t side = rng.below(2);
      if (!has_restarted[side] && copies[side].next > end_of_first) {
        has_restarted[side] = true;
        copies[side].next = 1;
      }
      if (!has_restarted[side] || copies[side].next <= 300) bring(copies[side]);
    }

    std::vector<std::uint64_t> expected = numbers(500, end_of_first);
    const auto anew = numbers(1, 300);
    expected.insert(expected.end(), anew.begin(), anew.end());
    EXPECT_EQ(delivered, expected);
  });
}

/// Messages that come once more are no new beginning for those who go on.
TEST_P(JoinOfPlainNumbersTest, LosesNothingAndNobodyWhereSingleNumbersGoBack) {
  for_each_seed([&] {
    std::vector<Copy> copies{{{ShardId{0}, Generation{1}}, 1}, {{ShardId{0}, Generation{2}}, 1}};
    join.emplace(copies[0].id, LastDelivered{}, Speech::kSpeaking);
    join->add_lane(copies[1].id);
    while (copies[0].next <= kLength || copies[1].next <= kLength) {
      Copy& copy = any(copies);
      if (copy.next > kLength) continue;
      bring(copy);
      const bool is_near_end = std::max(copies[0].next, copies[1].next) + 100 > kLength;
      if (copy.next < 10 || is_near_end || rng.below(50) > 0) continue;
      const std::uint64_t next = copy.next;
      copy.next -= 2 + rng.below(5);
      bring(copy);
      if (rng.below(2) == 0) copy.next = next;
    }

    EXPECT_TRUE(join->is_proven(copies[0].id) && join->is_proven(copies[1].id));
    std::ranges::sort(delivered);
    const auto repeated = std::ranges::unique(delivered);
    delivered.erase(repeated.begin(), repeated.end());
    EXPECT_EQ(delivered, numbers(1, kLength));
  });
}

std::string name_of(const ::testing::TestParamInfo<Counting>& counting) {
  return counting.param == Counting::kPlain ? "Plain" : "Chained";
}

INSTANTIATE_TEST_SUITE_P(Numbers, NumberJoinPropertyTest,
                         ::testing::Values(Counting::kPlain, Counting::kChained), name_of);
INSTANTIATE_TEST_SUITE_P(Numbers, JoinOfPlainNumbersTest, ::testing::Values(Counting::kPlain),
                         name_of);

}  // namespace
}  // namespace wsm
