#include "core/rebalance/compaction.h"

#include <bit>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rebalance_model.h"

namespace wsm {
namespace {

using ::testing::ElementsAre;

struct Filled {
  std::size_t capacity;
  std::size_t count;
  ShardRole role = ShardRole::kOpen;
};

std::vector<ShardLoad> make_shards(const std::vector<Filled>& filled) {
  std::vector<ShardLoad> shards;
  for (const Filled& each : filled) {
    const ShardId id{static_cast<ShardId::rep>(shards.size())};
    shards.push_back({.id = id, .capacity = each.capacity, .role = each.role, .subscriptions = {}});
    shards.back().subscriptions.resize(each.count);
  }
  return shards;
}

std::vector<bool> choose(const std::vector<ShardLoad>& shards) {
  std::vector<const ShardLoad*> pointers;
  for (const ShardLoad& shard : shards) pointers.push_back(&shard);
  return choose_shards_to_keep(pointers, 0.9);
}

std::vector<bool> choose(const std::vector<Filled>& filled) { return choose(make_shards(filled)); }

TEST(ComfortableCountTest, IsThePartThatMayBeFilledRoundedDown) {
  EXPECT_EQ(comfortable_count(500, 0.9), 450U);
  EXPECT_EQ(comfortable_count(10, 0.9), 9U);
  EXPECT_EQ(comfortable_count(11, 0.9), 9U);
  EXPECT_EQ(comfortable_count(11, 1.0), 11U);
  EXPECT_EQ(comfortable_count(100, 0.29), 29U) << "whose product is a bit less in binary";
}

TEST(ComfortableCountTest, IsAtLeastOneOfAShardThatMayCarryAny) {
  EXPECT_EQ(comfortable_count(1, 0.9), 1U);
  EXPECT_EQ(comfortable_count(0, 0.9), 0U);
}

TEST(CompactionTest, KeepsAllWhileFewerWouldBeTooFull) {
  EXPECT_THAT(choose({{100, 50}, {100, 41}}), ElementsAre(true, true));
}

TEST(CompactionTest, EmptiesTheOneWithFewestOnceTheOthersAreComfortableWithAll) {
  EXPECT_THAT(choose({{100, 40}, {100, 50}}), ElementsAre(false, true));
}

TEST(CompactionTest, OfEqualsTheOlderStays) {
  EXPECT_THAT(choose({{100, 30}, {100, 30}}), ElementsAre(true, false));
}

TEST(CompactionTest, KeepsNoneForNothing) {
  EXPECT_THAT(choose({{100, 0}, {100, 0}}), ElementsAre(false, false));
  EXPECT_THAT(choose(std::vector<Filled>{}), ElementsAre());
}

TEST(CompactionTest, ThinksOfWhatHasToLeaveEvacuatedShards) {
  const Filled evacuated{100, 41, ShardRole::kEvacuated};

  EXPECT_THAT(choose({{100, 25}, {100, 25}, evacuated}), ElementsAre(true, true, false));
  EXPECT_THAT(choose({{100, 25}, {100, 24}, evacuated}), ElementsAre(true, false, false));
}

TEST(CompactionTest, KeepsThoseThatMayCarryMost) {
  EXPECT_THAT(choose({{10, 9}, {200, 20}, {10, 9}}), ElementsAre(false, true, false));
}

/// Tries each set of open shards: the fewest that are comfortable with all, and the fewest
/// subscriptions that then have to move off open shards.
struct Naive {
  explicit Naive(const std::vector<ShardLoad>& shards) {
    std::size_t all = 0;
    for (const ShardLoad& shard : shards) all += shard.subscriptions.size();
    for (std::uint32_t set = 0; set < 1U << shards.size(); ++set) consider(set, shards, all);
  }

  void consider(std::uint32_t set, const std::vector<ShardLoad>& shards, std::size_t all) {
    std::size_t room = 0;
    std::size_t to_move = 0;
    for (std::size_t i = 0; i < shards.size(); ++i) {
      const bool is_in = (set >> i & 1U) != 0;
      if (is_in && shards[i].role != ShardRole::kOpen) return;
      if (is_in) room += std::max<std::size_t>(shards[i].capacity * 9 / 10, shards[i].capacity > 0);
      if (!is_in) to_move += shards[i].subscriptions.size();
    }
    const auto size = static_cast<std::size_t>(std::popcount(set));
    if (room < all || (fewest && *fewest < size)) return;
    moves = fewest == size ? std::min(moves, to_move) : to_move;
    fewest = size;
  }

  std::optional<std::size_t> fewest;  // None: not even all of them are comfortable.
  std::size_t moves = 0;
};

class CompactionPropertyTest : public ::testing::TestWithParam<WorldKind> {
 protected:
  /// Of shards of which none is fixed.
  static std::vector<ShardLoad> movable(RebalanceModel model) {
    std::erase_if(model.shards(),
                  [](const auto& shard) { return shard.role == ShardRole::kFixed; });
    return model.shards();
  }
};

TEST_P(CompactionPropertyTest, KeepsAsFewAsTheBestOfAllChoices) {
  SeededRng rng{1};
  for (int world = 0; world < GetParam().worlds; ++world) {
    const auto shards = movable(make_world(GetParam(), rng));
    const Naive naive{shards};

    const auto keeps = choose(shards);

    std::size_t kept = 0;
    std::size_t open = 0;
    std::size_t to_move = 0;
    for (std::size_t i = 0; i < shards.size(); ++i) {
      const bool is_open = shards[i].role == ShardRole::kOpen;
      ASSERT_TRUE(is_open || !keeps[i]) << "an evacuated one stays in world " << world;
      open += is_open ? 1 : 0;
      kept += keeps[i] ? 1 : 0;
      to_move += keeps[i] ? 0 : shards[i].subscriptions.size();
    }
    ASSERT_EQ(kept, naive.fewest.value_or(open)) << "in world " << world;
    if (!naive.fewest || !GetParam().has_equal_capacities) continue;
    ASSERT_EQ(to_move, naive.moves) << "in world " << world;
  }
}

INSTANTIATE_TEST_SUITE_P(All, CompactionPropertyTest,
                         ::testing::Values(WorldKind{.name = "EqualCapacities"},
                                           WorldKind{.name = "Evacuated", .has_other_roles = true},
                                           WorldKind{.name = "UnequalCapacities",
                                                     .has_equal_capacities = false},
                                           WorldKind{.name = "TinyCapacities", .capacity_max = 2}),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace wsm
