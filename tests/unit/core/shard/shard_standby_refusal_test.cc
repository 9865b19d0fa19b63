// What the server of a standby refuses: the real machines, and servers in memory.

#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/world_fixture.h"

namespace wsm {
namespace {

using namespace std::chrono_literals;
using test::server_text;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Status = SubscriptionStatus;

class ShardStandbyRefusalTest : public test::WorldFixture {
 protected:
  static constexpr ConnectionId kOld{ShardId{0}, Generation{1}};
  static constexpr ConnectionId kNew{ShardId{0}, Generation{2}};

  /// Two subscriptions with data, and a switchover that is under way. The proof has 20 s.
  void begin(Duration longest_delay = 30s) {
    start_two(longest_delay);
    ASSERT_TRUE(world->core.hot_switchover(ShardId{0}, world->now));
    world->pump();
  }
  void start_two(Duration longest_delay = 30s) {
    config.data_timeout(20s);
    config.backoff({.max_delay = longest_delay});
    make().behaviour.inspect = [](std::string_view text) { return inspect(text); };
    world->behaviour.manners.is_strict = false;  // It may be asked again for what it refused.
    start({1, 2});
    say(kOld, "D 1 1");
    say(kOld, "D 2 1");
  }

  /// "D 2 17" is message 17 of subscription 2, "F 2" refuses it for ever and "R 2" for now; "N" is
  /// a drain notice.
  static Inspected inspect(std::string_view text) {
    if (text == "N") return {.role = MessageRole::kDrainNotice};
    const SubscriptionId id{static_cast<SubscriptionId::rep>(text[2] - '0')};
    if (text[0] != 'D') {
      return {.role = MessageRole::kRejection,
              .subscription = id,
              .request = {},
              .rejected = {},
              .may_retry = text[0] == 'R',
              .detail = "no"};
    }
    return {.role = MessageRole::kData,
            .subscription = id,
            .numbering = {.sequence = std::stoull(std::string{text.substr(4)})}};
  }
  void say(ConnectionId connection, std::string_view text) {
    world->server(connection).send(server_text(text));
    world->pump();
  }
  /// Lets `connections` have data of 1 each second; of 2 only where it is kOld.
  void go_on(Duration time, std::vector<ConnectionId> connections) {
    for (const TimePoint end = world->now + time; world->now < end; world->run_for(1s)) {
      ++number;
      for (const ConnectionId connection : connections) {
        if (world->is_over(connection)) continue;
        say(connection, "D 1 " + std::to_string(number));
        if (connection == kOld) say(connection, "D 2 " + std::to_string(number));
      }
    }
  }
  Status status(SubscriptionId::rep id) const {
    return world->core.subscription_state(SubscriptionId{id}, world->now)->status;
  }
  std::vector<SwitchoverOutcome> outcomes() const {
    std::vector<SwitchoverOutcome> all;
    for (const auto& finished : world->events_of<event::SwitchoverFinished>()) {
      all.push_back(finished.outcome);
    }
    return all;
  }
  std::string detail_of_the_end_of(ConnectionId id) const {
    for (const auto& ended : world->events_of<event::Disconnected>()) {
      if (ended.generation == id.generation) return ended.reason.detail;
    }
    return "it lives";
  }

  int number = 1;
};

TEST_F(ShardStandbyRefusalTest, IsNoWordAboutWhatTheOldOneHasLive) {
  begin();
  say(kNew, "F 2");
  EXPECT_EQ(status(2), Status::kLive);

  say(kOld, "D 2 2");
  EXPECT_EQ(status(2), Status::kLive);
  EXPECT_EQ(world->messages.back().second, "D 2 2");
}

TEST_F(ShardStandbyRefusalTest, IsNoProof) {
  begin();
  say(kNew, "F 2");
  go_on(10s, {kOld, kNew});

  EXPECT_THAT(outcomes(), IsEmpty());
}

TEST_F(ShardStandbyRefusalTest, TakesBackTheProof) {
  begin();
  say(kOld, "D 2 2");
  say(kNew, "D 2 2");

  say(kNew, "F 2");
  go_on(10s, {kOld, kNew});

  EXPECT_THAT(outcomes(), IsEmpty());
}

TEST_F(ShardStandbyRefusalTest, GivesTheStandbyUpWhenItsTimeIsOver) {
  begin();
  say(kNew, "F 2");
  go_on(20s, {kOld, kNew});

  EXPECT_THAT(outcomes(), ElementsAre(SwitchoverOutcome::kAbandoned));
  EXPECT_EQ(detail_of_the_end_of(kNew), "the standby was refused a subscription");
  EXPECT_EQ(status(2), Status::kLive);
  EXPECT_EQ(world->core.metrics(world->now).counters.gaps, 0U);
}

TEST_F(ShardStandbyRefusalTest, CountsWhenTheOldOneIsLost) {
  begin();
  say(kNew, "F 2");
  world->server(kOld).cut();
  world->pump();

  EXPECT_THAT(outcomes(), ElementsAre(SwitchoverOutcome::kPromoted));
  EXPECT_EQ(status(2), Status::kRejected);
  EXPECT_EQ(world->core.subscription_state(SubscriptionId{2}, world->now)->detail, "no");
}

TEST_F(ShardStandbyRefusalTest, CoversNothingWhenTheOldOneIsLost) {
  begin();
  say(kNew, "D 2 2");
  say(kNew, "F 2");
  world->server(kOld).cut();
  world->pump();

  std::vector<SubscriptionId> interrupted;
  for (const auto& gap : world->events_of<event::GapOpened>()) {
    interrupted.push_back(gap.subscription.id);
  }
  EXPECT_THAT(interrupted, Contains(SubscriptionId{2}));
}

TEST_F(ShardStandbyRefusalTest, IsAskedAgainThereWhenItMayPass) {
  begin(8s);
  say(kNew, "R 2");
  go_on(8s, {kOld, kNew});
  EXPECT_THAT(world->server(kNew).texts(), ElementsAre("sub 1,2", "sub 2"));

  ++number;
  say(kOld, "D 2 " + std::to_string(number));
  say(kNew, "D 2 " + std::to_string(number));

  EXPECT_THAT(outcomes(), ElementsAre(SwitchoverOutcome::kProven));
  EXPECT_EQ(status(2), Status::kLive);
}

TEST_F(ShardStandbyRefusalTest, IsForgottenWithTheSubscription) {
  begin();
  say(kNew, "F 2");
  world->unsubscribe(2);
  world->subscribe({2});

  EXPECT_THAT(world->server(kNew).texts(), ElementsAre("sub 1,2", "sub 2"));
  EXPECT_EQ(status(2), Status::kRequested);
}

TEST_F(ShardStandbyRefusalTest, OfTheOldOneEndsWithItWhereTheNewOneHasIt) {
  begin();
  say(kNew, "D 1 2");
  say(kNew, "D 2 2");
  EXPECT_THAT(outcomes(), ElementsAre(SwitchoverOutcome::kProven));
  ASSERT_TRUE(world->core.hot_switchover(ShardId{0}, world->now));
  world->pump();
  const ConnectionId newest = world->newest();

  say(kNew, "F 2");
  EXPECT_EQ(status(2), Status::kRejected);
  say(newest, "D 2 3");
  say(newest, "D 1 3");

  EXPECT_THAT(outcomes(), ElementsAre(SwitchoverOutcome::kProven, SwitchoverOutcome::kProven));
  EXPECT_EQ(status(2), Status::kLive);
}

/// The server of the old one goes away, so that the new one has to do.
TEST_F(ShardStandbyRefusalTest, IsAGapWhereTheStandbyTakesOverAllTheSame) {
  start_two();
  say(kOld, "N");
  say(kNew, "F 2");
  go_on(2min, {kOld, kNew});

  EXPECT_THAT(outcomes(), ElementsAre(SwitchoverOutcome::kUnproven));
  const auto gaps = world->events_of<event::GapOpened>();
  ASSERT_EQ(gaps.size(), 1U);
  EXPECT_EQ(gaps[0].subscription.id, SubscriptionId{2});
}

TEST_F(ShardStandbyRefusalTest, IsNotCountedAsProven) {
  begin();
  say(kNew, "F 2");
  say(kOld, "D 1 2");
  say(kNew, "D 1 2");
  go_on(2min, {kOld, kNew});
  world->server(kNew).cut();
  world->run_for(10s);

  const auto reports = world->events_of<event::SwitchoverReported>();
  ASSERT_FALSE(reports.empty());
  EXPECT_EQ(reports[0].proven, 1U) << "of the one that it was asked for and not refused";
}

}  // namespace
}  // namespace wsm
