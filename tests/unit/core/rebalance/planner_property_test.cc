// Random shards against plain statements of what a plan must be.

#include <algorithm>
#include <iterator>
#include <limits>
#include <optional>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/rebalance/planner.h"
#include "rebalance_model.h"

namespace wsm {
namespace {

/// Says in doubles and with loops over everything whether some single move would make shards more
/// even. Worlds of fixed shards and of evacuees that found no room have none.
class NaiveEvening {
 public:
  NaiveEvening(const std::vector<ShardLoad>& shards, const RebalancePolicy& policy)
      : policy_(policy) {
    for (const ShardLoad& shard : shards) {
      if (shard.role != ShardRole::kFixed) movable_.push_back(shard);
    }
    std::size_t count = 0;
    for (const ShardLoad& shard : movable_) {
      for (const SubscriptionLoad& load : shard.subscriptions) least_ += measured(load);
      count += shard.subscriptions.size();
    }
    least_ = count == 0 ? 0 : least_ / static_cast<double>(count) / 10;
    std::erase_if(movable_, [](const auto& shard) { return shard.role != ShardRole::kOpen; });
  }

  [[nodiscard]] double mean() const {
    double sum = 0;
    for (const ShardLoad& shard : movable_) sum += load_of(shard);
    return sum / static_cast<double>(movable_.size());
  }
  [[nodiscard]] double fullest() const {
    double most = 0;
    for (const ShardLoad& shard : movable_) most = std::max(most, load_of(shard));
    return most;
  }
  /// A move that plan_rebalance() should have made. Thousandths are not worth speaking of.
  [[nodiscard]] std::optional<SubscriptionId> find_improvement() const {
    if (fullest() <= policy_.uneven_above * mean() + kSlack) return std::nullopt;
    for (const ShardLoad& from : movable_) {
      if (load_of(from) <= policy_.even_below * mean() + kSlack) continue;
      for (const ShardLoad& to : movable_) {
        if (to.subscriptions.size() >= to.capacity) continue;
        for (const SubscriptionLoad& load : from.subscriptions) {
          if (measured(load) < least_ + kSlack) continue;
          if (load_of(to) + measured(load) < load_of(from) - kSlack) return load.id;
        }
      }
    }
    return std::nullopt;
  }

 private:
  static constexpr double kSlack = 0.1;

  [[nodiscard]] double measured(const SubscriptionLoad& load) const {
    switch (*policy_.even_out_by) {
      case LoadMeasure::kCount: return 1;
      case LoadMeasure::kMessages: return load.messages_per_second;
      case LoadMeasure::kBytes: return load.bytes_per_second;
    }
    return 0;
  }
  [[nodiscard]] double load_of(const ShardLoad& shard) const {
    double sum = 0;
    for (const auto& load : shard.subscriptions) sum += std::max(measured(load), least_);
    return sum;
  }

  RebalancePolicy policy_;
  std::vector<ShardLoad> movable_;
  double least_ = 0;
};

using Param = std::pair<WorldKind, LoadMeasure>;

class PlannerPropertyTest : public ::testing::TestWithParam<Param> {
 protected:
  PlannerPropertyTest() {
    policy.even_out_by = GetParam().second;
    policy.messages_per_second_min = 0;
  }
  static int worlds() { return GetParam().first.worlds; }
  RebalanceModel next_world() { return make_world(GetParam().first, rng); }
  RebalancePlan plan(RebalanceModel& model) { return plan_rebalance(model.shards(), policy); }
  /// Until nothing is left to do; how many plans that took.
  std::size_t settle(RebalanceModel& model) {
    for (std::size_t rounds = 0; rounds < 1'000; ++rounds) {
      const RebalancePlan next = plan(model);
      if (next.is_empty()) return rounds;
      EXPECT_LE(next.moves.size(), policy.moves_max);
      model.apply(next);
    }
    ADD_FAILURE() << "there is no end to it";
    return 1'000;
  }

  SeededRng rng{7};
  RebalancePolicy policy;
};

/// RebalanceModel looks at capacities, roles and repeated moves.
TEST_P(PlannerPropertyTest, APlanCanBeCarriedOutAndThenTheNextIsEmpty) {
  std::size_t moves = 0;
  for (int world = 0; world < worlds(); ++world) {
    RebalanceModel model = next_world();
    const auto before = model.all();

    const RebalancePlan first = plan(model);
    model.apply(first);

    ASSERT_FALSE(HasFailure()) << "in world " << world;
    ASSERT_EQ(model.all(), before) << "in world " << world;
    ASSERT_EQ(plan(model), RebalancePlan{}) << "in world " << world;
    moves += first.moves.size();
  }
  EXPECT_GT(moves, static_cast<std::size_t>(worlds()) / 4) << "the worlds are too tame";
}

TEST_P(PlannerPropertyTest, WhatIsLeftOnEvacuatedShardsHasNoRoomAnywhere) {
  for (int world = 0; world < worlds(); ++world) {
    RebalanceModel model = next_world();
    model.apply(plan(model));

    bool is_all_out = true;
    bool has_room = false;
    for (const ShardLoad& shard : model.shards()) {
      const std::size_t count = shard.subscriptions.size();
      if (shard.role == ShardRole::kEvacuated && count > 0) is_all_out = false;
      if (shard.role == ShardRole::kOpen && count < shard.capacity) has_room = true;
    }
    ASSERT_TRUE(is_all_out || !has_room) << "in world " << world;
  }
}

TEST_P(PlannerPropertyTest, NoSingleMoveImprovesWhatAPlanHasLeft) {
  for (int world = 0; world < worlds(); ++world) {
    RebalanceModel model = next_world();
    model.apply(plan(model));

    const NaiveEvening naive{model.shards(), policy};
    ASSERT_EQ(naive.find_improvement(), std::nullopt) << "in world " << world;
  }
}

TEST_P(PlannerPropertyTest, EveningOutNeverMakesTheFullestFuller) {
  for (int world = 0; world < worlds(); ++world) {
    RebalanceModel model = next_world();
    const NaiveEvening before{model.shards(), policy};
    const RebalancePlan made = plan(model);
    model.apply(made);

    const bool is_evening_only = std::ranges::all_of(
        made.moves, [](const RebalanceMove& move) { return move.reason == MoveReason::kEvenOut; });
    if (!is_evening_only || !made.closable.empty()) continue;
    const double after = NaiveEvening{model.shards(), policy}.fullest();
    ASSERT_LE(after, before.fullest() + 0.1) << "in world " << world;
  }
}

TEST_P(PlannerPropertyTest, ManySmallPlansComeToAnEndAsWell) {
  for (int world = 0; world < worlds(); ++world) {
    RebalanceModel model = next_world();
    policy.moves_max = 1 + rng.below(5);
    const std::size_t all = model.all().size();
    const auto full_plans = (all + policy.moves_max - 1) / policy.moves_max;

    const std::size_t rounds = settle(model);

    ASSERT_FALSE(HasFailure()) << "in world " << world;
    ASSERT_LE(rounds, 2 * full_plans + 2) << "in world " << world;
  }
}

TEST_P(PlannerPropertyTest, TheOrderOfTheInputDoesNotMatter) {
  const auto shuffle = [this](auto& row) {
    for (std::size_t i = row.size(); i > 1; --i) std::swap(row[i - 1], row[rng.below(i)]);
  };
  for (int world = 0; world < worlds(); ++world) {
    RebalanceModel model = next_world();
    policy.moves_max = rng.below(2) == 0 ? 3 : std::numeric_limits<std::size_t>::max();
    const RebalancePlan expected = plan(model);

    shuffle(model.shards());
    for (ShardLoad& shard : model.shards()) shuffle(shard.subscriptions);

    ASSERT_EQ(plan(model), expected) << "in world " << world;
  }
}

std::vector<Param> all_params() {
  const std::vector<WorldKind> kinds{
      {.name = "Equal"},
      {.name = "Roles", .has_other_roles = true},
      {.name = "Whales",
       .has_equal_capacities = false,
       .has_other_roles = true,
       .has_whales = true},
      {.name = "Tiny", .shards_max = 5, .capacity_max = 3, .has_other_roles = true},
      {.name = "Large", .worlds = 200, .shards_max = 25, .capacity_max = 40, .has_whales = true}};
  std::vector<Param> params;
  for (const WorldKind& kind : kinds) {
    for (const auto measure : {LoadMeasure::kCount, LoadMeasure::kMessages, LoadMeasure::kBytes}) {
      params.emplace_back(kind, measure);
    }
  }
  return params;
}

INSTANTIATE_TEST_SUITE_P(All, PlannerPropertyTest, ::testing::ValuesIn(all_params()),
                         [](const auto& each) {
                           std::string name = each.param.first.name;
                           for (const char c : to_string(each.param.second)) {
                             if (c != ' ') name += c;
                           }
                           return name;
                         });

TEST(PlannerShrinkTest, AfterNineTenthsHaveGoneAsFewShardsAreLeftAsTheFillAllows) {
  SeededRng rng{3};
  for (int world = 0; world < 300; ++world) {
    const std::size_t capacity = 1 + rng.below(60);
    RebalanceModel model;
    SubscriptionId::rep next = 0;
    std::size_t left = 0;
    for (ShardId::rep i = 0; i < 40; ++i) {
      ShardLoad shard{.id = ShardId{i}, .capacity = capacity, .subscriptions = {}};
      for (std::size_t k = 0; k < capacity; ++k) {
        if (rng.below(10) == 0) shard.subscriptions.push_back({.id = SubscriptionId{next++}});
      }
      left += shard.subscriptions.size();
      model.add_shard(std::move(shard));
    }

    model.apply(plan_rebalance(model.shards(), {}));

    const std::size_t comfortable = std::max<std::size_t>(1, capacity * 9 / 10);
    ASSERT_EQ(model.shards().size(), (left + comfortable - 1) / comfortable)
        << "in world " << world;
  }
}

/// Wishes come and go one by one, and each time a plan is made and carried out.
class PlannerChurnTest : public ::testing::Test {
 protected:
  static constexpr std::size_t kCapacity = 100;

  /// On the shard with fewest, as kLeastLoaded does; on a new one when all are full.
  void subscribe() {
    auto to = std::ranges::min_element(
        model.shards(), {}, [](const ShardLoad& shard) { return shard.subscriptions.size(); });
    if (to == model.shards().end() || to->subscriptions.size() == kCapacity) {
      model.add_shard({.id = ShardId{opened++}, .capacity = kCapacity, .subscriptions = {}});
      to = std::prev(model.shards().end());
    }
    to->subscriptions.push_back({.id = SubscriptionId{subscribed++}});
  }
  void unsubscribe() {
    auto& from = model.shards()[rng.below(model.shards().size())].subscriptions;
    if (!from.empty()) from.erase(from.begin() + static_cast<int>(rng.below(from.size())));
  }
  void rebalance() {
    const RebalancePlan plan = plan_rebalance(model.shards(), {});
    moves += plan.moves.size();
    model.apply(plan);
  }

  SeededRng rng{5};
  RebalanceModel model;
  ShardId::rep opened = 0;
  SubscriptionId::rep subscribed = 0;
  std::size_t moves = 0;
};

TEST_F(PlannerChurnTest, ExchangingSubscriptionsOneByOneMovesNothing) {
  for (int i = 0; i < 480; ++i) subscribe();
  rebalance();
  moves = 0;

  for (int step = 0; step < 10'000; ++step) {
    unsubscribe();
    rebalance();
    subscribe();
    rebalance();
  }

  EXPECT_EQ(moves, 0U);
  EXPECT_EQ(opened, 5U);
}

TEST_F(PlannerChurnTest, OneMoreAndOneLessAtTheEdgeOfAShardMovesThingsOnce) {
  for (int i = 0; i < 200; ++i) subscribe();
  rebalance();

  for (int step = 0; step < 1'000; ++step) {
    subscribe();
    rebalance();
    unsubscribe();
    rebalance();
  }

  EXPECT_EQ(opened, 3U);
  EXPECT_LT(moves, 60U) << "once, to the third shard";
}

}  // namespace
}  // namespace wsm
