// Feeds that number their messages in other ways than by one for ever: the real core, in virtual
// time.

#include <chrono>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/scenarios/scenario_fixture.h"

namespace wsm::sim {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

constexpr Topic kTopic{2};

class NumbersScenario : public ScenarioTest {
 protected:
  void begin() {
    rules.message_interval = 2s;
    make();
    venue->open();
    start(5, 5);
    world.run_for(5min);
  }
  [[nodiscard]] std::vector<event::GapClosed> gaps() const {
    return record.all<event::GapClosed>();
  }
};

class AnyNumbersScenario : public NumbersScenario, public ::testing::WithParamInterface<Numbers> {
 protected:
  AnyNumbersScenario() { rules.numbers = GetParam(); }
};

TEST_P(AnyNumbersScenario, AReplacementIsNoGap) {
  begin();

  client->switch_over(ShardId{0});
  world.run_for(5min);

  EXPECT_THAT(record.all<event::SwitchoverFinished>(),
              ElementsAre(Field(&event::SwitchoverFinished::outcome, SwitchoverOutcome::kProven)));
  EXPECT_THAT(gaps(), IsEmpty());
}

TEST_P(AnyNumbersScenario, AMessageThatIsLeftOutIsOneGap) {
  begin();

  session().skip(kTopic);
  world.run_for(5min);

  const bool is_counted = GetParam() != Numbers::kChained;
  const auto lost = is_counted ? std::optional<std::uint64_t>{1} : std::nullopt;
  ASSERT_THAT(gaps(), ElementsAre(Field(&event::GapClosed::cause, GapCause::kSequenceHole)));
  EXPECT_EQ(gaps()[0].lost, lost);
}

INSTANTIATE_TEST_SUITE_P(EveryKind, AnyNumbersScenario,
                         ::testing::Values(Numbers::kByOne, Numbers::kChained,
                                           Numbers::kOfConnection),
                         [](const auto& it) {
                           return std::string{it.param == Numbers::kByOne     ? "by_one"
                                              : it.param == Numbers::kChained ? "chained"
                                                                              : "of_connection"};
                         });

TEST_F(NumbersScenario, NumbersThatBeginAnewInTheMiddleCostNothing) {
  rules.snapshot_every = 1000;
  begin();

  venue->renumber_all();
  const TimePoint since = world.now();
  world.run_for(1min);

  EXPECT_EQ(oracles.freshness.find_stale(since), std::nullopt);
  EXPECT_THAT(gaps(), IsEmpty());
}

TEST_F(NumbersScenario, AVenueThatHasForgottenItsNumbersIsFollowedAfterItsRestart) {
  rules.snapshot_every = 1000;
  begin();

  venue->drop_all();
  venue->renumber_all();
  const TimePoint since = world.now();
  world.run_for(1min);

  EXPECT_EQ(oracles.freshness.find_stale(since), std::nullopt);
  for (const event::GapClosed& gap : gaps()) EXPECT_EQ(gap.cause, GapCause::kReconnect);
}

TEST_F(NumbersScenario, BehindAGapNothingIsDeliveredUntilTheNextSnapshot) {
  config.gap_recovery(GapRecovery::kDrop);
  rules.snapshot_every = 6;
  start(5, 5);
  world.run_for(1s);
  const auto publish = [this] {
    venue->publish(kTopic);
    world.run_for(1s);
  };

  publish();
  session().skip(kTopic);
  for (int i = 2; i <= 5; ++i) publish();
  EXPECT_EQ(metrics().counters.messages_dropped, 3U) << "the second was left out";
  publish();

  EXPECT_EQ(metrics().counters.messages_dropped, 3U);
  ASSERT_THAT(gaps(), ElementsAre(Field(&event::GapClosed::cause, GapCause::kSequenceHole)));
  EXPECT_EQ(gaps()[0].lost, 4U);
}

}  // namespace
}  // namespace wsm::sim
