// What becomes of what on_error says: the real core, in virtual time.

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/scenarios/scenario_fixture.h"

namespace wsm::sim {
namespace {

using namespace std::chrono_literals;
using ::testing::SizeIs;

class AnswersScenario : public ScenarioTest {};

TEST_F(AnswersScenario, WhatTheApplicationStopsStaysStoppedUntilItSaysSo) {
  start(2, 2);
  world.run_for(1min);
  network.set_on_dial(OnDial::kRefuse);
  client->say_stop();
  venue->drop_all();
  ASSERT_TRUE(run_until_shard_is(ShardStatus::kSuspended));
  heal();
  const std::size_t dials = record.dials.size();

  world.run_for(24h);
  EXPECT_THAT(record.dials, SizeIs(dials));
  client->say_go_on();

  EXPECT_LE(time_to_live(1h), 1s);
}

TEST_F(AnswersScenario, WhatTheApplicationStopsOthersCarry) {
  rules.subscriptions_max = 5;
  start_all();
  world.run_for(1min);
  network.set_on_dial(OnDial::kRefuse);
  client->say_stop();
  session().reset();
  ASSERT_TRUE(run_until_shard_is(ShardStatus::kSuspended));
  heal();

  world.run_for(10min);

  EXPECT_EQ(count(SubscriptionStatus::kLive), 10U);
}

}  // namespace
}  // namespace wsm::sim
