// Which shard carries what: at start, when all are full, and when one has nothing left.

#include <chrono>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/world_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::Optional;
using ::testing::Pair;
using ::testing::SizeIs;

class SupervisorPlacementTest : public test::WorldFixture {
 protected:
  std::vector<SubscriptionId> carried_by(ShardId::rep shard) const {
    const auto carried = world->core.shard_subscriptions(ShardId{shard});
    return carried ? *carried : std::vector<SubscriptionId>{};
  }
  std::size_t shard_count() const { return world->core.metrics(world->now).shards.size(); }

  static auto is_placed_on(ShardId::rep shard) {
    return ::testing::AllOf(
        ::testing::Field("status", &SubscribeResult::status, SubscribeStatus::kPlaced),
        ::testing::Field("shard", &SubscribeResult::shard, Optional(ShardId{shard})));
  }
  static auto is_refused(Errc code) {
    return ::testing::AllOf(
        ::testing::Field("status", &SubscribeResult::status, SubscribeStatus::kRefused),
        ::testing::Field("error", &SubscribeResult::error,
                         Optional(::testing::Field("code", &Error::code, code))));
  }
};

TEST_F(SupervisorPlacementTest, OpensNoShardForNothing) {
  start({});

  EXPECT_EQ(shard_count(), 0U);
  EXPECT_TRUE(world->core.is_live());
}

TEST_F(SupervisorPlacementTest, OpensAsManyShardsAsAreNeededAndSpreadsOverThem) {
  start({1, 2, 3, 4, 5}, 2);

  EXPECT_EQ(carried_by(0), ids({1, 4}));
  EXPECT_EQ(carried_by(1), ids({2, 5}));
  EXPECT_EQ(carried_by(2), ids({3}));
  EXPECT_EQ(shard_count(), 3U);
}

TEST_F(SupervisorPlacementTest, FillsOneShardAfterTheOtherWhenItIsToldTo) {
  config.shard_selection_strategy(ShardSelectionStrategy::kSequential);

  start({1, 2, 3, 4, 5}, 2);

  EXPECT_EQ(carried_by(0), ids({1, 2}));
  EXPECT_EQ(carried_by(1), ids({3, 4}));
  EXPECT_EQ(carried_by(2), ids({5}));
}

TEST_F(SupervisorPlacementTest, PlacesWhatIsNamedTwiceOnce) {
  start({1, 1, 2, 2, 1}, 2);

  EXPECT_EQ(shard_count(), 1U);
  EXPECT_EQ(carried_by(0), ids({1, 2}));
  EXPECT_EQ(world->core.metrics(world->now).total_subscriptions, 2U);
  EXPECT_EQ(world->core.metrics(world->now).counters.duplicate_subscriptions, 3U);
}

TEST_F(SupervisorPlacementTest, TellsForEachItemWhatBecameOfIt) {
  start({1}, 2);

  const auto results = world->subscribe({1, 2, 2});

  EXPECT_EQ(results[0].status, SubscribeStatus::kAlreadySubscribed);
  EXPECT_THAT(results[0].shard, Optional(ShardId{0}));
  EXPECT_THAT(results[1], is_placed_on(0));
  EXPECT_EQ(results[2].status, SubscribeStatus::kAlreadySubscribed);
  EXPECT_EQ(world->core.metrics(world->now).counters.duplicate_subscriptions, 2U);
}

TEST_F(SupervisorPlacementTest, OpensAnotherShardWhenAllAreFull) {
  start({1, 2}, 2);

  EXPECT_THAT(world->subscribe(SubscriptionId{3}), is_placed_on(1));

  EXPECT_THAT(world->server(1).texts(), ElementsAre("sub 3"));
  EXPECT_THAT(world->server(0).texts(), ElementsAre("sub 1,2"));
}

TEST_F(SupervisorPlacementTest, UsesTheRoomThatHasBecomeFree) {
  start({1, 2, 3, 4}, 2);
  world->unsubscribe(3);

  EXPECT_THAT(world->subscribe(SubscriptionId{5}), is_placed_on(0));
}

TEST_F(SupervisorPlacementTest, RefusesWhenAllAreFullAndItMayNotGrow) {
  config.auto_rebalance(false);
  start({1, 2}, 2);

  EXPECT_THAT(world->subscribe(SubscriptionId{3}), is_refused(Errc::kNoRoom));

  EXPECT_EQ(shard_count(), 1U);
  EXPECT_THAT(world->forgotten, ElementsAre(SubscriptionId{3}));
}

TEST_F(SupervisorPlacementTest, OpensTheFirstShardEvenWhenItMayNotGrow) {
  config.auto_rebalance(false);
  start({}, 2);

  EXPECT_THAT(world->subscribe(SubscriptionId{1}), is_placed_on(0));
  EXPECT_TRUE(world->core.is_live());
}

TEST_F(SupervisorPlacementTest, ClosesAShardThatHasNothingLeftToCarry) {
  start({1, 2}, 1);

  world->unsubscribe(2);

  EXPECT_EQ(shard_count(), 1U);
  EXPECT_THAT(world->events_of<event::ShardClosed>(), SizeIs(1));
  EXPECT_THAT(world->connected(), SizeIs(1));
  EXPECT_THAT(world->forgotten, ElementsAre(SubscriptionId{2}));
  EXPECT_EQ(world->disconnects.back().second.kind, DisconnectKind::kRequested);
}

TEST_F(SupervisorPlacementTest, PlacesNothingOnAShardThatIsClosing) {
  make().behaviour.manners.answers_close = false;
  start({1, 2}, 1);
  world->unsubscribe(1);
  ASSERT_EQ(world->shard(0).status, ShardStatus::kClosing);

  EXPECT_THAT(world->subscribe(SubscriptionId{1}), is_placed_on(2));

  EXPECT_EQ(carried_by(0), ids({}));
  EXPECT_EQ(carried_by(2), ids({1}));
}

TEST_F(SupervisorPlacementTest, KeepsAnEmptyShardWhenItMayNotRebalance) {
  config.auto_rebalance(false);
  start({1});

  world->unsubscribe(1);

  EXPECT_EQ(world->shard().status, ShardStatus::kLive);
  EXPECT_TRUE(world->core.is_live());
  EXPECT_THAT(world->server().texts(), ElementsAre("sub 1", "unsub 1"));
}

TEST_F(SupervisorPlacementTest, NeverUsesAShardNumberTwice) {
  start({1});
  world->unsubscribe(1);

  EXPECT_THAT(world->subscribe(SubscriptionId{1}), is_placed_on(1));
}

TEST_F(SupervisorPlacementTest, EndsWhatIsNotSubscribedWithoutAWord) {
  start({1});

  const auto result = world->unsubscribe(7);

  EXPECT_EQ(result.status, UnsubscribeStatus::kNotSubscribed);
  EXPECT_EQ(result.shard, std::nullopt);
}

TEST_F(SupervisorPlacementTest, TellsWhichShardCarriedWhatWasRemoved) {
  start({1, 2}, 1);

  const auto result = world->unsubscribe(2);

  EXPECT_EQ(result.status, UnsubscribeStatus::kRemoved);
  EXPECT_THAT(result.shard, Optional(ShardId{1}));
}

TEST_F(SupervisorPlacementTest, RefusesWishesBeforeItRuns) {
  make();

  EXPECT_THAT(world->subscribe(SubscriptionId{1}), is_refused(Errc::kNotRunning));
  EXPECT_EQ(world->unsubscribe(1).status, UnsubscribeStatus::kNotSubscribed);
  EXPECT_THAT(world->forgotten, ElementsAre(SubscriptionId{1}));
}

TEST_F(SupervisorPlacementTest, RefusesToStartTwiceOrWithoutCapacity) {
  start({1});
  const auto twice = world->core.start({}, 5, world->now);
  EXPECT_EQ(twice.error().code, Errc::kAlreadyRunning);

  make();
  const auto empty = world->core.start({}, 0, world->now);
  EXPECT_EQ(empty.error().code, Errc::kInvalidArgument);
  EXPECT_EQ(world->core.status(), SupervisorStatus::kReady);
}

TEST_F(SupervisorPlacementTest, TakesAnyNumberAsTheCapacity) {
  start({1, 2}, std::numeric_limits<std::size_t>::max());

  EXPECT_TRUE(world->core.is_live());
  EXPECT_EQ(world->core.metrics(world->now).shards.size(), 1U);
}

TEST_F(SupervisorPlacementTest, SendsNothingUnlessItRuns) {
  make();
  const auto message = OutgoingMessage::text("x");
  EXPECT_EQ(world->core.send(ShardId{0}, message).error().code, Errc::kNotRunning);

  start({1});
  world->stop(1s);

  EXPECT_EQ(world->core.send(ShardId{0}, message).error().code, Errc::kStopped);
}

TEST_F(SupervisorPlacementTest, KnowsNothingOfAShardThatIsNotThere) {
  start({1});

  EXPECT_EQ(world->core.shard_subscriptions(ShardId{1}).error().code, Errc::kUnknownShard);
  EXPECT_EQ(world->core.send(ShardId{1}, OutgoingMessage::text("x")).error().code,
            Errc::kUnknownShard);
}

TEST_F(SupervisorPlacementTest, SpreadsShardsOverOurAddresses) {
  config.source_ips({"192.0.2.1", "192.0.2.2", "192.0.2.3"});
  start({1, 2, 3, 4, 5}, 1);

  EXPECT_THAT(world->sources,
              ElementsAre(Pair(ShardId{0}, 0U), Pair(ShardId{1}, 1U), Pair(ShardId{2}, 2U),
                          Pair(ShardId{3}, 0U), Pair(ShardId{4}, 1U)));
}

TEST_F(SupervisorPlacementTest, GivesThePlaceOfAShardThatIsOverToTheNext) {
  config.source_ips({"192.0.2.1", "192.0.2.2"}).shards_per_ip(1);
  start({1, 2}, 1);
  world->unsubscribe(1);
  world->run_for(1s);

  EXPECT_THAT(world->subscribe(SubscriptionId{3}), is_placed_on(2));

  EXPECT_EQ(world->sources.at(ShardId{2}), 0U);
}

TEST_F(SupervisorPlacementTest, RefusesWhatOurAddressesHaveNoPlaceFor) {
  config.source_ips({"192.0.2.1", "192.0.2.2"}).shards_per_ip(2);
  start({1, 2, 3, 4}, 1);

  const auto refused = world->subscribe(SubscriptionId{5});

  EXPECT_THAT(refused, is_refused(Errc::kConnectionLimit));
  EXPECT_EQ(refused.error->detail, "source_ips and shards_per_ip allow 4, and 5 shards are needed");
}

TEST_F(SupervisorPlacementTest, DoesNotStartWithMoreThanOurAddressesHaveAPlaceFor) {
  config.source_ips({"192.0.2.1"}).shards_per_ip(1);
  make();
  const std::vector<SubscriptionId> initial = ids({1, 2});

  const auto started = world->core.start(initial, 1, world->now);

  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, Errc::kConnectionLimit);
}

}  // namespace
}  // namespace wsm
