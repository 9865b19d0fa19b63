#include "core/subscription/placement.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/rng.h"

namespace wsm {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;

constexpr ShardId shard(ShardId::rep number) { return ShardId{number}; }

Placement with_shards(ShardSelectionStrategy strategy, std::size_t capacity, ShardId::rep count) {
  Placement placement{strategy, capacity};
  for (ShardId::rep i = 0; i < count; ++i) placement.add_shard(shard(i));
  return placement;
}

/// Places `count` subscriptions and tells where they went.
std::vector<ShardId::rep> place(Placement& placement, int count) {
  std::vector<ShardId::rep> chosen;
  for (int i = 0; i < count; ++i) {
    const auto target = placement.choose();
    if (!target) break;
    placement.add_load(*target);
    chosen.push_back(target->value());
  }
  return chosen;
}

TEST(PlacementTest, HasNoShardAtFirst) {
  Placement placement{ShardSelectionStrategy::kLeastLoaded, 1};

  EXPECT_EQ(placement.choose(), std::nullopt);
}

TEST(PlacementTest, LeastLoadedEvensOutAndPrefersTheOlderShard) {
  auto placement = with_shards(ShardSelectionStrategy::kLeastLoaded, 3, 3);

  EXPECT_THAT(place(placement, 10), ElementsAre(0, 1, 2, 0, 1, 2, 0, 1, 2));
}

TEST(PlacementTest, LeastLoadedFillsWhatHasBecomeFree) {
  auto placement = with_shards(ShardSelectionStrategy::kLeastLoaded, 3, 3);
  place(placement, 9);

  placement.remove_load(shard(1));

  EXPECT_THAT(placement.choose(), Optional(shard(1)));
}

TEST(PlacementTest, SequentialFillsOneShardAfterTheOther) {
  auto placement = with_shards(ShardSelectionStrategy::kSequential, 2, 3);

  EXPECT_THAT(place(placement, 10), ElementsAre(0, 0, 1, 1, 2, 2));
}

TEST(PlacementTest, SequentialGoesBackToTheFirstWithRoom) {
  auto placement = with_shards(ShardSelectionStrategy::kSequential, 2, 3);
  place(placement, 5);

  placement.remove_load(shard(0));

  EXPECT_THAT(place(placement, 3), ElementsAre(0, 2));
}

TEST(PlacementTest, RoundRobinTakesEachInTurnAndSkipsFullOnes) {
  auto placement = with_shards(ShardSelectionStrategy::kRoundRobin, 2, 3);
  placement.add_load(shard(1));
  placement.add_load(shard(1));

  EXPECT_THAT(place(placement, 10), ElementsAre(0, 2, 0, 2));
}

TEST(PlacementTest, RoundRobinGoesOnBehindAShardThatWasRemoved) {
  auto placement = with_shards(ShardSelectionStrategy::kRoundRobin, 9, 3);
  place(placement, 2);

  placement.remove_shard(shard(1));

  EXPECT_THAT(place(placement, 3), ElementsAre(2, 0, 2));
}

TEST(PlacementTest, RemembersLoadAndRoom) {
  auto placement = with_shards(ShardSelectionStrategy::kSequential, 2, 1);
  placement.add_load(shard(0));
  EXPECT_EQ(placement.load(shard(0)), 1U);
  EXPECT_TRUE(placement.has_room(shard(0)));

  placement.add_load(shard(0));
  EXPECT_EQ(placement.load(shard(0)), 2U);
  EXPECT_FALSE(placement.has_room(shard(0)));
}

TEST(PlacementTest, DoesNotChooseARemovedShard) {
  auto placement = with_shards(ShardSelectionStrategy::kLeastLoaded, 5, 2);

  placement.remove_shard(shard(0));

  EXPECT_THAT(place(placement, 2), ElementsAre(1, 1));
}

TEST(PlacementTest, DoesNotChooseAnExcludedShardUntilItIsReadmitted) {
  auto placement = with_shards(ShardSelectionStrategy::kSequential, 2, 2);

  placement.exclude(shard(0));
  EXPECT_THAT(place(placement, 1), ElementsAre(1));
  EXPECT_THAT(placement.least_loaded([](ShardId id) { return id != shard(1); }), std::nullopt);

  placement.readmit(shard(0));
  EXPECT_THAT(place(placement, 1), ElementsAre(0));
}

TEST(PlacementTest, KnowsTheExcludedShardWithMostRoom) {
  auto placement = with_shards(ShardSelectionStrategy::kSequential, 2, 2);
  placement.add_load(shard(0));
  for (const ShardId excluded : {shard(0), shard(1)}) placement.exclude(excluded);

  EXPECT_EQ(placement.choose_excluded(), shard(1));

  placement.add_load(shard(1));
  placement.add_load(shard(1));
  EXPECT_EQ(placement.choose_excluded(), shard(0));
  placement.add_load(shard(0));
  EXPECT_EQ(placement.choose_excluded(), std::nullopt) << "both are full";
}

/// The same rules, said as plainly as can be.
struct NaivePlacement {
  ShardSelectionStrategy strategy;
  std::size_t capacity;
  std::map<ShardId, std::size_t> loads = {};
  std::optional<ShardId> last = {};

  std::optional<ShardId> choose() {
    std::vector<ShardId> with_room;
    for (const auto& [id, load] : loads) {
      if (load < capacity) with_room.push_back(id);
    }
    if (with_room.empty()) return std::nullopt;
    if (strategy == ShardSelectionStrategy::kSequential) return with_room.front();
    if (strategy == ShardSelectionStrategy::kLeastLoaded) {
      return *std::ranges::min_element(with_room, {}, [&](ShardId id) { return loads.at(id); });
    }
    const auto next =
        std::ranges::find_if(with_room, [&](ShardId id) { return !last || *last < id; });
    last = next == with_room.end() ? with_room.front() : *next;
    return last;
  }
};

class PlacementStrategyTest : public ::testing::TestWithParam<ShardSelectionStrategy> {
 protected:
  void add_shard() {
    const ShardId id{opened++};
    placement.add_shard(id);
    naive.loads[id] = 0;
  }
  void remove(ShardId id) {
    placement.remove_shard(id);
    naive.loads.erase(id);
  }
  void place_one() {
    const auto expected = naive.choose();
    ASSERT_EQ(placement.choose(), expected);
    if (!expected) return;
    placement.add_load(*expected);
    ++naive.loads[*expected];
  }
  void take_one_off(ShardId id) {
    if (naive.loads[id] == 0) return;
    placement.remove_load(id);
    --naive.loads[id];
  }
  ShardId any_shard() {
    return std::next(naive.loads.begin(), static_cast<int>(rng.below(naive.loads.size())))->first;
  }

  SeededRng rng{GetParam() == ShardSelectionStrategy::kRoundRobin ? 1U : 2U};
  ShardId::rep opened = 0;
  Placement placement{GetParam(), 4};
  NaivePlacement naive{GetParam(), 4};
};

TEST_P(PlacementStrategyTest, ChoosesAsTheNaiveModelInAnySequence) {
  for (int step = 0; step < 20'000; ++step) {
    const auto dice = rng.below(20);
    if (naive.loads.empty() || (dice == 0 && naive.loads.size() < 12)) {
      add_shard();
    } else if (dice == 1) {
      remove(any_shard());
    } else if (dice < 9) {
      take_one_off(any_shard());
    } else {
      place_one();
      if (HasFatalFailure()) FAIL() << "at step " << step;
    }
  }
  for (const auto& [id, load] : naive.loads) EXPECT_EQ(placement.load(id), load);
}

INSTANTIATE_TEST_SUITE_P(All, PlacementStrategyTest,
                         ::testing::Values(ShardSelectionStrategy::kLeastLoaded,
                                           ShardSelectionStrategy::kRoundRobin,
                                           ShardSelectionStrategy::kSequential),
                         [](const auto& strategy) {
                           return std::string{to_string(strategy.param)};
                         });

TEST(PlacementDeathTest, RefusesTheSameShardTwice) {
  auto placement = with_shards(ShardSelectionStrategy::kSequential, 1, 1);

  EXPECT_DEATH(placement.add_shard(shard(0)), "contains");
}

TEST(PlacementDeathTest, RefusesToTakeOffWhatIsNotThere) {
  auto placement = with_shards(ShardSelectionStrategy::kSequential, 1, 1);

  EXPECT_DEATH(placement.remove_load(shard(0)), "load");
}

}  // namespace
}  // namespace wsm
