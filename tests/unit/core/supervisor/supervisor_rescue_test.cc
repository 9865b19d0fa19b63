// What a suspended shard carries: who takes it, and what becomes of the shard.

#include <algorithm>
#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/server_codec.h"
#include "support/world_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::World;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Optional;
using ::testing::SizeIs;

class SupervisorRescueTest : public test::WorldFixture {
 protected:
  SupervisorRescueTest() { config.max_connect_attempts(2); }

  /// Shard 0 carries 1, shard 1 carries 2, and each has room for one more.
  void start_with_room() {
    start({1, 2, 3, 4}, 2);
    for (const SubscriptionId::rep id : {3U, 4U}) world->unsubscribe(id);
  }

  /// From now on the server takes nobody who comes anew, and `shard` has to.
  void shut_out(ShardId::rep shard) {
    world->behaviour.on_dial = World::OnDial::kFail;
    cut(shard);
  }
  /// Until the attempt after the first loss has failed.
  void wait_until_suspended() { world->run_for(100ms); }
  void let_in() { world->behaviour.on_dial = World::OnDial::kConnect; }

  std::vector<SubscriptionId> carried_by(ShardId::rep shard) const {
    const auto carried = world->core.shard_subscriptions(ShardId{shard});
    return carried ? *carried : std::vector<SubscriptionId>{};
  }
  std::size_t shard_count() const { return world->core.metrics(world->now).shards.size(); }
  ShardStatus status(ShardId::rep shard) const { return world->shard(shard).status; }
};

TEST_F(SupervisorRescueTest, LiveShardsTakeWhatASuspendedOneCarries) {
  start({1, 2, 3, 4}, 3);
  world->unsubscribe(4);
  shut_out(0);
  world->run_for(100ms - 1ns);
  EXPECT_EQ(carried_by(0), ids({1, 3})) << "it may come back yet";

  world->run_for(1ns);

  EXPECT_EQ(status(0), ShardStatus::kSuspended);
  EXPECT_THAT(carried_by(0), IsEmpty());
  EXPECT_EQ(carried_by(1), ids({1, 2, 3}));
  EXPECT_EQ(world->server(1).subscribed().size(), 3U);
  EXPECT_TRUE(world->core.is_live());
}

TEST_F(SupervisorRescueTest, EventsTellWhereEverythingHasGone) {
  start_with_room();
  world->events.clear();

  shut_out(0);
  wait_until_suspended();

  const auto told = world->events_of<event::SubscriptionsChanged>();
  const auto is_move = [](const event::SubscriptionsChanged& change) {
    return change.shard == ShardId{1} && change.status == SubscriptionStatus::kDesired;
  };
  EXPECT_EQ(std::ranges::count_if(told, is_move), 1);
}

TEST_F(SupervisorRescueTest, ANewShardTakesWhatFindsNoRoom) {
  start({1, 2, 3, 4}, 2);
  shut_out(0);
  world->run_for(100ms - 1ns);
  let_in();
  world->behaviour.manners.on_upgrade = test::ScriptedServer::OnUpgrade::kRefuse;
  world->run_for(1ns);
  world->behaviour.manners.on_upgrade = test::ScriptedServer::OnUpgrade::kAccept;
  ASSERT_EQ(status(0), ShardStatus::kSuspended);

  world->run_for(30s);

  EXPECT_EQ(carried_by(2), ids({1, 3}));
  EXPECT_EQ(carried_by(1), ids({2, 4})) << "the cap of a connection holds";
  EXPECT_TRUE(world->core.is_live());
}

TEST_F(SupervisorRescueTest, ReplacementsThatNeverOpenAreNotReplaced) {
  start({1, 2, 3, 4}, 2);
  shut_out(0);

  world->run_for(10h);

  EXPECT_EQ(shard_count(), 3U);
  let_in();
  world->run_for(30s);
  EXPECT_TRUE(world->core.is_live());
}

TEST_F(SupervisorRescueTest, NoShardIsOpenedAgainstTheWillOfTheApplication) {
  config.auto_rebalance(false);
  start({1, 2, 3, 4}, 2);
  world->unsubscribe(2);

  shut_out(0);
  wait_until_suspended();

  EXPECT_EQ(carried_by(1), ids({1, 4})) << "there was room for one";
  EXPECT_EQ(carried_by(0), ids({3}));
  EXPECT_EQ(shard_count(), 2U);
}

TEST_F(SupervisorRescueTest, NoShardIsOpenedThatMaxConnectionsLeavesNoneFor) {
  config.max_connections(2);
  start({1, 2, 3, 4}, 2);

  shut_out(0);
  wait_until_suspended();

  EXPECT_EQ(carried_by(0), ids({1, 3}));
  EXPECT_EQ(shard_count(), 2U);
}

TEST_F(SupervisorRescueTest, WhenEverythingIsDownEverythingStaysAndComesBackWithItsShard) {
  start({1, 2}, 1);
  shut_out(0);
  cut(1);
  world->run_for(100h);
  ASSERT_THAT(world->events_of<event::ShardSuspended>(), SizeIs(2));
  ASSERT_TRUE(world->connected().empty());

  let_in();
  world->run_for(30s);

  EXPECT_EQ(carried_by(0), ids({1}));
  EXPECT_EQ(carried_by(1), ids({2}));
  EXPECT_TRUE(world->core.is_live());
}

TEST_F(SupervisorRescueTest, AShardThatIsBackTakesWhatOthersCarryOnceItHasLivedForAWhile) {
  start_with_room();
  shut_out(1);
  world->run_for(20ms);
  cut(0);
  wait_until_suspended();
  ASSERT_EQ(carried_by(1), ids({2})) << "nobody is live";
  let_in();
  ASSERT_TRUE(world->core.reconnect_shard(ShardId{0}, world->now));
  world->pump();
  world->behaviour.on_dial = World::OnDial::kFail;
  ASSERT_EQ(status(0), ShardStatus::kLive);

  world->run_for(10s - 1ns);
  EXPECT_EQ(carried_by(0), ids({1}));
  world->run_for(1ns);
  EXPECT_EQ(carried_by(0), ids({1, 2}));
}

TEST_F(SupervisorRescueTest, WishesAreNotPlacedOnASuspendedShard) {
  config.auto_rebalance(false);
  start({1, 2, 3, 4}, 3);
  for (const SubscriptionId::rep id : {1U, 4U}) world->unsubscribe(id);
  shut_out(0);
  wait_until_suspended();
  ASSERT_EQ(status(0), ShardStatus::kSuspended);
  ASSERT_THAT(carried_by(0), IsEmpty());

  EXPECT_THAT(world->subscribe(SubscriptionId{5}).shard, Optional(ShardId{1}));
  EXPECT_EQ(world->subscribe(SubscriptionId{6}).status, SubscribeStatus::kRefused)
      << "shard 1 is full";
}

TEST_F(SupervisorRescueTest, AShardThatIsBackAndHasNothingToCarryCloses) {
  start_with_room();
  shut_out(0);
  world->run_for(1h);
  EXPECT_EQ(status(0), ShardStatus::kSuspended) << "and probed";

  let_in();
  world->run_for(30s);

  EXPECT_EQ(shard_count(), 1U);
  EXPECT_EQ(carried_by(1), ids({1, 2}));
}

TEST_F(SupervisorRescueTest, LimitsOnFramesHoldForWhatMovesAndForWhoCloses) {
  config.messages_per_window(4).window(1s).message_spacing(100ms).subscriptions_per_message(1);
  start({1, 2, 3, 4, 5, 6}, 4);
  for (const SubscriptionId::rep id : {5U, 6U}) world->unsubscribe(id);
  world->run_for(10s);
  shut_out(0);
  world->run_for(1h);
  EXPECT_EQ(world->server(1).subscribed().size(), 4U);

  let_in();
  world->run_for(35s);

  EXPECT_EQ(shard_count(), 1U);
}

TEST_F(SupervisorRescueTest, AShardThatIsBackTakesWishesAgainWhereNoneIsClosed) {
  config.auto_rebalance(false);
  start_with_room();
  shut_out(0);
  world->run_for(1h);
  let_in();
  world->run_for(30s);

  EXPECT_THAT(world->subscribe(SubscriptionId{3}).shard, Optional(ShardId{0}));
  EXPECT_TRUE(world->core.is_live());
}

TEST_F(SupervisorRescueTest, WhatOnErrorHasStoppedGivesAwayWhatItCarriesAndCloses) {
  start_with_room();
  world->behaviour.error_answer = ErrorAnswer::kStop;

  cut(0);
  world->run_for(1ns);

  EXPECT_EQ(carried_by(1), ids({1, 2}));
  EXPECT_EQ(shard_count(), 1U);
}

TEST_F(SupervisorRescueTest, WhatOnErrorStopsIsNotOpenedAgainUnderOtherNumbers) {
  start({1, 2}, 1);
  world->behaviour.error_answer = ErrorAnswer::kStop;
  cut(0);
  world->run_for(1s);
  ASSERT_EQ(carried_by(2), ids({1})) << "a new shard may have better luck, once";

  cut(2);
  world->run_for(1h);

  EXPECT_EQ(shard_count(), 2U);
  EXPECT_EQ(status(2), ShardStatus::kSuspended);
  EXPECT_EQ(carried_by(2), ids({1}));
}

TEST_F(SupervisorRescueTest, AFinalRefusalIsFinalOnTheOtherShardAsWell) {
  make().behaviour.inspect = [](std::string_view text) -> Inspected {
    if (text != "no") return {.role = MessageRole::kOther};
    return {.role = MessageRole::kRejection, .subscription = SubscriptionId{1}};
  };
  start_with_room();
  world->server(0).send(test::server_text("no"));
  world->pump();

  shut_out(0);
  wait_until_suspended();

  EXPECT_EQ(carried_by(1), ids({1, 2}));
  EXPECT_THAT(world->server(1).texts(), Not(Contains("sub 1")));
  const auto state = world->core.subscription_state(SubscriptionId{1}, world->now);
  EXPECT_EQ(state->status, SubscriptionStatus::kRejected);
  const auto told = world->events_of<event::SubscriptionsChanged>().back();
  EXPECT_EQ(told.shard, ShardId{1});
  EXPECT_EQ(told.status, SubscriptionStatus::kRejected) << "events say the same";
}

}  // namespace
}  // namespace wsm
