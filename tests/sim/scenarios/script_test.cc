// One long story in which much goes wrong, told three times: without a switchover, with one of
// every shard in the middle, and with one of every shard at every step. The real core, in virtual
// time.

#include <chrono>
#include <functional>
#include <string>
#include <tuple>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/scenarios/scenario_fixture.h"

namespace wsm::sim {
namespace {

using namespace std::chrono_literals;

enum class Switching { kNever, kInTheMiddle, kAtEveryStep };

using Telling = std::tuple<Switching, std::size_t>;  // And the redundancy.

class ScriptScenario : public ScenarioTest, public ::testing::WithParamInterface<Telling> {
 protected:
  ScriptScenario() {
    const std::size_t redundancy = std::get<1>(GetParam());
    config.redundancy(redundancy).data_timeout(10s).subscription_timeout(10s);
    config.ping_interval(5s).pong_timeout(2s).acknowledgement_timeout(3s);
    config.backoff({.initial_delay = 100ms, .max_delay = 2s, .stable_after = 5s});
    oracles.placement.set_redundancy(redundancy);
    rules.topics = 30;
    rules.subscriptions_max = 10;
    rules.message_interval = 500ms;
  }

  [[nodiscard]] Session& some_session() { return *venue->open_sessions().front(); }
  void subscribe(Topic::rep first, Topic::rep end) {
    for (Topic::rep topic = first; topic < end; ++topic) client->subscribe(Topic{topic});
  }
  void unsubscribe(Topic::rep first, Topic::rep end) {
    for (Topic::rep topic = first; topic < end; ++topic) client->unsubscribe(Topic{topic});
  }

  /// What happens, one after the other, each with the time to begin to be mended.
  std::vector<std::function<void()>> story() {
    return {
        [this] { subscribe(20, 25); },
        [this] { some_session().reset(); },
        [this] { unsubscribe(3, 9); },
        [this] { some_session().mute(Topic{0}, Session::Cure::kAskAgain); },
        [this] { venue->set_office(Office::kSilent); },
        [this] { subscribe(3, 5); },
        [this] { venue->set_office(Office::kOpen); },
        [this] { some_session().drain(); },
        [this] { some_session().go_silent(); },
        [this] { client->pause(); },
        [this] { client->resume(); },
        [this] { client->freeze(4s); },
        [this] { client->rebalance(); },
        [this] { some_session().mute(); },
        [this] {
          network.set_on_dial(OnDial::kRefuse);
          venue->drop_all();
        },
        [this] { subscribe(25, 30); },
        [this] { heal(); },
        [this] { client->set_hooks({.throws_once_in = 2}); },
        [this] { some_session().finish(); },
        [this] { client->set_hooks({}); },
        [this] { unsubscribe(20, 30); },
        [this] { client->rebalance(); },
        [this] { client->reconnect(client->shards().front()); },
    };
  }
  void switch_all_over() {
    for (const ShardId shard : client->shards()) client->switch_over(shard);
  }
  [[nodiscard]] bool is_to_switch(std::size_t step, std::size_t steps) const {
    switch (std::get<0>(GetParam())) {
      case Switching::kNever: return false;
      case Switching::kInTheMiddle: return step == steps / 2;
      case Switching::kAtEveryStep: return true;
    }
    return false;
  }
};

TEST_P(ScriptScenario, EndsWellHoweverOftenConnectionsAreReplaced) {
  make();
  venue->open();
  start(20, 10);
  world.run_for(3s);
  const auto steps = story();
  for (std::size_t step = 0; step < steps.size(); ++step) {
    if (is_to_switch(step, steps.size())) switch_all_over();
    world.run_for(100ms);  // Into the middle of it.
    steps[step]();
    world.run_for(15s);
    oracles.check(core());
  }

  heal();
  EXPECT_LE(time_to_live(2min), 1min);
  EXPECT_TRUE(world.run_until([&] { return !oracles.placement.find_unsettled(); }, 5min));
  const TimePoint since = world.now();
  world.run_for(30s);
  EXPECT_FALSE(oracles.freshness.find_stale(since));
  EXPECT_EQ(metrics().total_subscriptions, 16U);
  EXPECT_EQ(metrics().subscriptions.live, 16U);
}

std::string name_of_telling(const ::testing::TestParamInfo<Telling>& it) {
  const auto [switching, redundancy] = it.param;
  const std::string suffix = "_redundancy_" + std::to_string(redundancy);
  switch (switching) {
    case Switching::kNever: return "never" + suffix;
    case Switching::kInTheMiddle: return "in_the_middle" + suffix;
    case Switching::kAtEveryStep: return "at_every_step" + suffix;
  }
  return {};
}

INSTANTIATE_TEST_SUITE_P(ThreeTimes, ScriptScenario,
                         ::testing::Combine(::testing::Values(Switching::kNever,
                                                              Switching::kInTheMiddle,
                                                              Switching::kAtEveryStep),
                                            ::testing::Values(1, 2, 3)),
                         name_of_telling);

}  // namespace
}  // namespace wsm::sim
