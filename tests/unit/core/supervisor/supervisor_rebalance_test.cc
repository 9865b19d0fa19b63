// What the shards carry is spread anew, by itself or when it is asked for: the real machines, and
// servers in memory.

#include <algorithm>
#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/rebalance/rebalancing.h"
#include "support/world_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::server_text;
using ::testing::Each;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SupervisorRebalanceTest : public test::WorldFixture {
 protected:
  static constexpr Duration kProofTimeout = 20s;
  static constexpr SubscriptionId::rep kCount = 20;

  /// Twenty subscriptions on four shards with room for five each: 1, 5, 9 … are on shard 0.
  void begin(std::size_t capacity = 5) {
    config.data_timeout(kProofTimeout);
    make().behaviour.inspect = [](std::string_view text) -> Inspected {
      const std::string words{text.substr(2)};
      return {.role = MessageRole::kData,
              .subscription = SubscriptionId{static_cast<SubscriptionId::rep>(std::stoul(words))},
              .numbering = {.sequence = std::stoull(words.substr(words.find(' ')))}};
    };
    start({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20}, capacity);
    publish();
  }
  /// All but these are not wanted any more.
  void keep_only(std::initializer_list<SubscriptionId::rep> kept) {
    for (SubscriptionId::rep id = 1; id <= kCount; ++id) {
      if (std::ranges::find(kept, id) == kept.end()) world->unsubscribe(id);
    }
  }
  /// Each connection brings the next message of what its server has been asked for.
  void publish() {
    ++number_;
    for (const ConnectionId connection : world->connected()) {
      for (const SubscriptionId id : world->server(connection).subscribed()) {
        world->server(connection)
            .send(server_text("D " + std::to_string(id.value()) + ' ' + std::to_string(number_)));
      }
    }
    world->pump();
  }
  void publish_for(Duration duration) {
    for (Duration passed{}; passed < duration; passed += 1s) {
      world->run_for(1s);
      publish();
    }
  }
  Result<std::size_t> rebalance() {
    auto begun = world->core.rebalance(world->now);
    world->pump();
    return begun;
  }
  [[nodiscard]] std::vector<std::size_t> loads() const {
    std::vector<std::size_t> loads;
    for (const ShardMetrics& shard : world->core.metrics(world->now).shards) {
      loads.push_back(shard.subscriptions);
    }
    std::ranges::sort(loads);
    return loads;
  }
  [[nodiscard]] Counters counters() const { return world->core.metrics(world->now).counters; }

  std::uint64_t number_ = 0;
};

TEST_F(SupervisorRebalanceTest, ShrinksToWhatIsNeededWhenMostIsUnsubscribed) {
  begin();
  keep_only({1, 2});
  EXPECT_THAT(loads(), testing::ElementsAre(1, 1)) << "the empty ones were closed at once";

  publish_for(Rebalancing::kDelay + 2s);

  EXPECT_THAT(loads(), testing::ElementsAre(2));
  EXPECT_EQ(counters().gaps, 0U);
  EXPECT_EQ(counters().rebalances, 1U);
  const auto finished = world->events_of<event::RebalanceFinished>();
  ASSERT_THAT(finished, SizeIs(1));
  EXPECT_EQ(finished[0].proven, 1U);
}

TEST_F(SupervisorRebalanceTest, EachMessageOfWhatMovesComesOnceAndInOrder) {
  begin();
  keep_only({1, 2, 3});

  publish_for(1min);

  for (const SubscriptionId::rep id : {1U, 2U, 3U}) {
    std::uint64_t expected = 0;
    const std::string start = "D " + std::to_string(id) + ' ';
    for (const auto& [connection, text] : world->messages) {
      if (!text.starts_with(start)) continue;
      EXPECT_EQ(text, start + std::to_string(++expected));
    }
    EXPECT_EQ(expected, number_);
  }
}

TEST_F(SupervisorRebalanceTest, EvensOutWhatANewShardHasTooLittleOf) {
  begin();
  keep_only({1, 5, 9, 13, 17, 2, 6, 10, 14, 18});  // All of shards 0 and 1.
  world->subscribe(SubscriptionId{21});
  ASSERT_THAT(loads(), testing::ElementsAre(1, 5, 5));

  ASSERT_TRUE(rebalance());
  publish_for(5s);

  EXPECT_THAT(loads(), testing::ElementsAre(3, 4, 4));
  EXPECT_THAT(world->events_of<event::SubscriptionMoved>(),
              Each(Field(&event::SubscriptionMoved::outcome, MoveOutcome::kProven)));
  EXPECT_EQ(counters().gaps, 0U);
}

TEST_F(SupervisorRebalanceTest, WhatIsInBalanceStaysAsItIs) {
  begin();

  EXPECT_EQ(rebalance().value(), 0U);
  publish_for(2min);

  EXPECT_EQ(counters().rebalances, 0U);
  EXPECT_EQ(counters().moves, 0U);
}

TEST_F(SupervisorRebalanceTest, ComesToRest) {
  begin();
  keep_only({1, 2, 3, 4, 5, 6, 7});
  publish_for(5min);
  const std::uint64_t moves = counters().moves;

  publish_for(10min);

  EXPECT_EQ(counters().moves, moves);
}

TEST_F(SupervisorRebalanceTest, WithoutAutoRebalanceItIsDoneOnRequestOnly) {
  config.auto_rebalance(false);
  begin();
  keep_only({1, 2});
  publish_for(2min);
  EXPECT_THAT(loads(), testing::ElementsAre(0, 0, 1, 1));

  EXPECT_EQ(rebalance().value(), 1U);
  publish_for(2s);

  EXPECT_THAT(loads(), testing::ElementsAre(2));
}

TEST_F(SupervisorRebalanceTest, NothingNewBeginsOnAShardThatIsBeingEmptied) {
  config.auto_rebalance(false);
  begin();
  keep_only({1, 5, 2});  // Two on shard 0, and one on shard 1.
  ASSERT_EQ(rebalance().value(), 1U);

  EXPECT_EQ(world->subscribe(SubscriptionId{30}).shard, ShardId{0});
}

TEST_F(SupervisorRebalanceTest, EvensOutByWhatSubscriptionsBring) {
  config.rebalance_by(LoadMeasure::kMessages).auto_rebalance(false);
  begin(10);
  keep_only({1, 2, 3, 4, 5, 6, 7, 8, 9, 10});  // Those with odd numbers are on shard 0.
  for (int round = 0; round < 60; ++round) {
    world->run_for(500ms);
    publish();
    for (int i = 0; i < 20; ++i) {  // Two of them are busy.
      ++number_;
      for (const char* id : {"1", "3"}) {
        world->server(ConnectionId{ShardId{0}, Generation{1}})
            .send(server_text(std::string{"D "} + id + ' ' + std::to_string(number_)));
      }
    }
    world->pump();
  }
  const auto carrier = [&](SubscriptionId::rep id) {
    return world->core.subscription_state(SubscriptionId{id}, world->now)->shard;
  };
  ASSERT_EQ(carrier(1), carrier(3));

  EXPECT_GT(rebalance().value_or(0), 0U);
  publish_for(5s);

  EXPECT_NE(carrier(1), carrier(3));
}

TEST_F(SupervisorRebalanceTest, StopEndsItWithEverythingElse) {
  begin();
  keep_only({1, 2});
  ASSERT_TRUE(rebalance());

  world->stop(1s);
  world->run_for(2s);

  EXPECT_EQ(world->core.status(), SupervisorStatus::kStopped);
  EXPECT_EQ(rebalance().error().code, Errc::kStopped);
}

}  // namespace
}  // namespace wsm
