// What the venue does to connections, and how everything comes back.

#include <atomic>
#include <mutex>

#include "manager/manager_fixture.h"

namespace wsm::testing {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::Ge;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::Pair;
using ::testing::SizeIs;

constexpr ShardId kShard{0};

class RecoveryTest : public ManagerFixture {
 protected:
  /// Data of a connection after the first of its shard.
  [[nodiscard]] bool wait_for_data_of_a_successor() {
    return journal().wait_for([](const Notes& notes) {
      return !notes.messages.empty() && notes.messages.back().generation > Generation{1} &&
             is_data(notes.messages.back().text);
    });
  }

  /// Each topic has been subscribed to exactly once on each connection that had any.
  void expect_one_request_for_each_topic() {
    EXPECT_EQ(venue->counters().requests_in_error, 0U);
    EXPECT_EQ(venue->counters().violations, 0U);
    const venue::Record record = venue->record();
    for (const venue::TopicRecord& topic : record.topics()) {
      std::map<venue::ConnectionId, int> services;
      for (const venue::Service& service : topic.services) ++services[service.connection];
      for (const auto& [connection, count] : services) EXPECT_EQ(count, 1);
    }
  }
};

TEST_F(RecoveryTest, ACutConnectionComesBackWithEverythingItCarried) {
  start_live();

  ASSERT_TRUE(venue->cut(*venue->busiest()));

  EXPECT_TRUE(wait_for_data_of_a_successor());
  EXPECT_TRUE(manager->wait_until_live(kPatience));
  ASSERT_THAT(notes().disconnects, SizeIs(1));
  EXPECT_EQ(notes().disconnects[0].reason.kind, DisconnectKind::kConnectionLost);
  EXPECT_THAT(notes().errors, SizeIs(1));
  EXPECT_EQ(snapshot().counters.reconnections, 1U);
  EXPECT_EQ(snapshot().counters.errors, 1U);
  expect_one_request_for_each_topic();
  EXPECT_TRUE(manager->stop(kPatience));
  EXPECT_THAT(lost(venue->record(), notes()), IsEmpty());
}

TEST_F(RecoveryTest, AConnectionThatIsAskedToLeaveIsReplacedAndNothingOfItIsLost) {
  start_live();

  ASSERT_TRUE(venue->ask_to_leave(*venue->busiest(), 1012, "restart in a minute"));

  EXPECT_TRUE(wait_for_data_of_a_successor());
  ASSERT_THAT(notes().disconnects, SizeIs(1));
  const DisconnectReason reason = notes().disconnects[0].reason;
  EXPECT_EQ(reason.kind, DisconnectKind::kClosedByServer);
  EXPECT_THAT(reason.close_code, Optional(1012));
  EXPECT_EQ(reason.detail, "restart in a minute");
  EXPECT_THAT(snapshot().shards,
              ElementsAre(Field(&ShardMetrics::last_close_code, Optional(1012))));
  EXPECT_TRUE(manager->stop(kPatience));
  EXPECT_THAT(lost(venue->record(), notes()), IsEmpty());
}

TEST_F(RecoveryTest, ASilentConnectionIsReplacedByATestedOne) {
  config.data_timeout(1s);
  start_live();

  ASSERT_TRUE(venue->silence(*venue->busiest()));

  EXPECT_TRUE(wait_for_data_of_a_successor());
  EXPECT_TRUE(wait_for_event<event::SwitchoverFinished>());
  const auto failed = notes().events_of<event::HealthFailed>();
  ASSERT_THAT(failed, SizeIs(1));
  EXPECT_EQ(failed[0].kind, DisconnectKind::kDataTimeout);
  EXPECT_THAT(failed[0].silence, Ge(1s));
  EXPECT_EQ(notes().events_of<event::SwitchoverFinished>()[0].outcome,
            SwitchoverOutcome::kUnproven);
  EXPECT_TRUE(manager->stop(kPatience));
  EXPECT_THAT(lost(venue->record(), notes()), IsEmpty());
}

TEST_F(RecoveryTest, ASilentConnectionIsReplacedWithAGapWhereNoSecondOneIsAllowed) {
  config.data_timeout(1s).hot_switchover(false);
  start_live();

  ASSERT_TRUE(venue->silence(*venue->busiest()));

  EXPECT_TRUE(wait_for_data_of_a_successor());
  EXPECT_EQ(notes().count<event::SwitchoverStarted>(), 0U);
  EXPECT_EQ(notes().disconnects.at(0).reason.kind, DisconnectKind::kDataTimeout);
}

TEST_F(RecoveryTest, AfterARestartAllSubscriptionsComeBackOnceEach) {
  config.max_subscriptions_per_shard(4);
  initial = topics(1, 12);
  start_live();
  ASSERT_EQ(manager->shard_count(), 3U);

  venue->restart(50ms);

  ASSERT_TRUE(eventually([&] { return snapshot().counters.reconnections == 3; }));
  ASSERT_TRUE(manager->wait_until_live(kPatience));
  EXPECT_TRUE(eventually([&] { return venue->topics_in_service() == 12; }));
  EXPECT_EQ(manager->total_subscriptions(), 12U);
  expect_one_request_for_each_topic();
  EXPECT_TRUE(manager->stop(kPatience));
  EXPECT_THAT(lost(venue->record(), notes()), IsEmpty());
}

TEST_F(RecoveryTest, WhatChangesWhileTheVenueIsAwayHoldsWhenItIsBack) {
  start_live();
  venue->restart(100ms);
  ASSERT_TRUE(wait_for_event<event::Disconnected>());

  EXPECT_EQ(manager->unsubscribe({"T0001"}).at(0).status, UnsubscribeStatus::kRemoved);
  EXPECT_EQ(manager->subscribe({"T0008"}).at(0).status, SubscribeStatus::kPlaced);

  ASSERT_TRUE(eventually([&] { return venue->topics_in_service() == 3; }));
  EXPECT_FALSE(manager->subscription_shard("T0001"));
  EXPECT_EQ(manager->subscription_status("T0008")->status, SubscriptionStatus::kRequested);
  EXPECT_EQ(venue->counters().unsubscribe_requests, 0U);
}

TEST_F(RecoveryTest, RetryAfterIsObeyed) {
  start_venue();
  venue->refuse_connections(1s);
  make(venue->url());
  ASSERT_TRUE(manager->start());

  EXPECT_TRUE(manager->wait_until_live(kPatience));

  EXPECT_EQ(venue->counters().connections_refused, 1U);
  ASSERT_THAT(notes().errors, SizeIs(1));
  EXPECT_EQ(notes().errors[0].reason.kind, DisconnectKind::kUpgradeRefused);
  EXPECT_THAT(notes().errors[0].reason.http_status, Optional(503U));
  EXPECT_THAT(notes().errors[0].reason.retry_after, Optional(Duration{1s}));
  EXPECT_THAT(notes().events_of<event::ReconnectScheduled>(),
              ElementsAre(Field(&event::ReconnectScheduled::delay, Ge(1s))));
  EXPECT_THAT(notes().disconnects, IsEmpty());  // It had not been open.
}

TEST_F(RecoveryTest, AShardThatIsToldToStopIsSuspendedUntilItIsReconnected) {
  backoff = {.initial_delay = 10s, .max_delay = 10s, .jitter = false};
  answer_error = [](const DisconnectReason&) { return ErrorAnswer::kStop; };
  start_live();

  ASSERT_TRUE(venue->cut(*venue->busiest()));

  ASSERT_TRUE(wait_for_event<event::ShardSuspended>());
  EXPECT_FALSE(notes().events_of<event::ShardSuspended>()[0].is_probed);
  EXPECT_TRUE(is_suspended());
  EXPECT_FALSE(manager->health().is_healthy);
  EXPECT_EQ(manager->subscription_status("T0001")->status, SubscriptionStatus::kDesired);

  EXPECT_TRUE(manager->reconnect_shard(kShard));

  EXPECT_TRUE(manager->wait_until_live(kPatience));
  EXPECT_TRUE(wait_for_data_of_a_successor());
}

TEST_F(RecoveryTest, ASuspendedShardIsProbedAndComesBackByItself) {
  config.max_connect_attempts(2);
  start_live();

  venue->restart(500ms);

  ASSERT_TRUE(wait_for_event<event::ShardSuspended>());
  EXPECT_TRUE(notes().events_of<event::ShardSuspended>()[0].is_probed);
  EXPECT_TRUE(wait_for_data_of_a_successor());
  EXPECT_TRUE(manager->wait_until_live(kPatience));
}

TEST_F(RecoveryTest, HooksAreToldThatTheirCredentialsWereRefused) {
  std::atomic<int> visitors = 0;
  RawServer guarded{[&](RawConnection& connection) {
    if (++visitors == 1) return connection.send("HTTP/1.1 401 Unauthorized\r\n\r\n");
    if (connection.accept_upgrade()) connection.wait_until_closed();
  }};
  std::mutex mutex;
  std::vector<std::pair<std::string, bool>> told;
  before = [&](std::string_view hook, const ConnectionState* state) {
    const bool is_asked = hook == "url" || hook == "connection_headers" || hook == "on_connect";
    const std::lock_guard lock{mutex};
    if (is_asked) told.emplace_back(hook, state->refresh_credentials);
  };
  make(guarded.url());
  ASSERT_TRUE(manager->start());

  EXPECT_TRUE(manager->wait_until_live(kPatience));
  EXPECT_TRUE(manager->stop(kPatience));  // Before what the hooks write to ends with this scope.

  const std::lock_guard lock{mutex};
  EXPECT_THAT(told,
              ElementsAre(Pair("url", false), Pair("connection_headers", false), Pair("url", true),
                          Pair("connection_headers", true), Pair("on_connect", true)));
}

TEST_F(RecoveryTest, ReconnectingAShardReplacesItsConnectionAtOnce) {
  start_live();

  ASSERT_TRUE(manager->reconnect_shard(kShard));

  EXPECT_TRUE(wait_for_data_of_a_successor());
  EXPECT_TRUE(eventually([&] { return venue->counters().connections_closed == 1; }));
  EXPECT_EQ(notes().disconnects.at(0).reason.kind, DisconnectKind::kRequested);
  EXPECT_EQ(snapshot().counters.errors, 0U);
  EXPECT_THAT(notes().errors, IsEmpty());
}

/// A server that refuses has seen the connect.
TEST_F(RecoveryTest, RefusedConnectsAreNoFasterThanTheLimit) {
  const RefusingPort refusing;
  config.connects_per_window(1).connect_window(300ms);
  backoff = {.initial_delay = 1ms, .max_delay = 1ms, .stable_after = 1s};
  make(refusing.url());
  const auto began = std::chrono::steady_clock::now();
  ASSERT_TRUE(manager->start());

  ASSERT_TRUE(journal().wait_for([](const Notes& notes) { return notes.errors.size() >= 4; }));

  EXPECT_GE(std::chrono::steady_clock::now() - began, 3 * 300ms);
}

TEST_F(RecoveryTest, AServerThatAcceptsAndClosesIsNotCalledAtFullSpeed) {
  RawServer fickle{[](RawConnection& connection) { (void)connection.accept_upgrade(); }};
  config.max_connect_attempts(3);
  backoff = {.initial_delay = 1ms,
             .max_delay = 10s,
             .multiplier = 100.0,
             .jitter = false,
             .stable_after = 10s};
  make(fickle.url());
  ASSERT_TRUE(manager->start());

  ASSERT_TRUE(wait_for_event<event::ShardSuspended>());

  EXPECT_LE(fickle.accepted(), 4);
  EXPECT_TRUE(is_suspended());
}

}  // namespace
}  // namespace wsm::testing
