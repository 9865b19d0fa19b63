// A server that takes a shard no more, while it serves another.

#include <chrono>
#include <vector>

#include <gtest/gtest.h>

#include "sim/client.h"
#include "sim/network.h"
#include "sim/oracles.h"
#include "sim/venue.h"
#include "sim/world.h"

namespace wsm::sim {
namespace {

using namespace std::chrono_literals;

TEST(SuspensionScenario, WhatOneShardCannotCarryAnotherDoesForAsLongAsItTakes) {
  World world{1};
  Oracles oracles{world};
  Network network{world, {.latency = 1ms}};
  const auto config =
      ShardManagerConfig::builder().proactive_reconnect_interval(std::nullopt).build().value();
  VenueRules rules;
  rules.topics = 8;
  Venue venue{world, rules, oracles};
  Client client{world, network, venue, config, oracles};
  std::vector<Topic> topics;
  for (Topic::rep topic = 0; topic < 8; ++topic) topics.emplace_back(topic);
  client.start(topics, 4);
  for (const Topic::rep topic : {0U, 1U, 2U, 3U}) client.unsubscribe(Topic{topic});
  venue.open();
  ASSERT_TRUE(world.run_until([&] { return client.core().is_live(); }, 10s));
  const auto carried_by = [&](ShardId::rep shard) {
    return client.core().shard_subscriptions(ShardId{shard})->size();
  };
  ASSERT_EQ(carried_by(0), 2U);

  venue.set_reception({.answer = Reception::Answer::kRefuse, .status = 403});
  for (Session* session : venue.sessions()) {
    if (session->id().shard == ShardId{0}) session->reset();
  }
  world.run_for(24h);

  EXPECT_EQ(carried_by(0), 0U);
  EXPECT_EQ(carried_by(1), 4U);
  EXPECT_TRUE(client.core().is_live());
  venue.set_reception({});
  world.run_for(30s);
  EXPECT_EQ(client.shards(), std::vector{ShardId{1}}) << "the other is not needed any more";
  const auto& failure = oracles.verdict.failure();
  EXPECT_FALSE(failure) << (failure ? failure->what : "");
}

}  // namespace
}  // namespace wsm::sim
