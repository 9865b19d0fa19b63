// The lines that operators read.

#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <wsm/event.h>

namespace wsm {
namespace {

using namespace std::chrono_literals;

constexpr ShardId kShard{3};
constexpr Generation kGeneration{7};

std::string line(EventKind event) { return to_string(event); }

TEST(EventTest, TellsTheLifeOfAShard) {
  EXPECT_EQ(line(event::ShardOpened{kShard}), "shard 3: opened");
  EXPECT_EQ(line(event::ShardClosed{kShard}), "shard 3: closed");
  EXPECT_EQ(line(event::Stopped{}), "stopped");
}

TEST(EventTest, TellsAnAttemptAndWhatCameBeforeIt) {
  EXPECT_EQ(line(event::Connecting{kShard, kGeneration, 0}), "shard 3 connection 7: connecting");
  EXPECT_EQ(line(event::Connecting{kShard, kGeneration, 1}),
            "shard 3 connection 7: connecting after 1 failure");
  EXPECT_EQ(line(event::Connecting{kShard, kGeneration, 2}),
            "shard 3 connection 7: connecting after 2 failures");
  EXPECT_EQ(line(event::Connected{kShard, kGeneration, 12ms}),
            "shard 3 connection 7: connected in 0.012 s");
}

TEST(EventTest, TellsWhyAConnectionEnded) {
  const DisconnectReason reason{
      .kind = DisconnectKind::kClosedByServer, .detail = "maintenance", .close_code = 1001};

  EXPECT_EQ(line(event::Disconnected{kShard, kGeneration, true, reason}),
            "shard 3 connection 7: disconnected: closed by server with code 1001: maintenance");
  EXPECT_EQ(line(event::Disconnected{
                kShard, kGeneration, false, {.kind = DisconnectKind::kConnectTimeout}}),
            "shard 3 connection 7: not connected: connect timed out");
}

TEST(EventTest, TellsWhenItConnectsAgain) {
  EXPECT_EQ(line(event::ReconnectScheduled{kShard, 1, 90ms}),
            "shard 3: reconnects in 0.090 s (1 failure in a row)");
  EXPECT_EQ(line(event::ReconnectScheduled{kShard, 4, 1500ms}),
            "shard 3: reconnects in 1.500 s (4 failures in a row)");
}

TEST(EventTest, TellsASuspensionAndWhatEndsIt) {
  EXPECT_EQ(line(event::ShardSuspended{kShard, 10, true}),
            "shard 3: suspended after 10 failures, still probed");
  EXPECT_EQ(line(event::ShardSuspended{kShard, 1, false}),
            "shard 3: suspended after 1 failure, until reconnect_shard()");
}

TEST(EventTest, TellsWhatWasAskedOfTheServer) {
  EXPECT_EQ(line(event::SubscriptionsRequested{kShard, kGeneration, 200}),
            "shard 3 connection 7: requested 200 subscriptions");
  EXPECT_EQ(line(event::UnsubscriptionsRequested{kShard, kGeneration, 1}),
            "shard 3 connection 7: ended 1 subscription");
  EXPECT_EQ(line(event::SubscriptionSendFailed{kShard, 1, "too long"}),
            "shard 3: no request for 1 subscription: too long");
}

TEST(EventTest, TellsASwitchover) {
  EXPECT_EQ(line(event::SwitchoverStarted{kShard, SwitchoverTrigger::kStall}),
            "shard 3: switchover began (stall)");
  EXPECT_EQ(line(event::SwitchoverFinished{kShard, SwitchoverTrigger::kAge,
                                           SwitchoverOutcome::kProven, 250ms}),
            "shard 3: switchover ended (age): proven in 0.250 s");
}

TEST(EventTest, TellsAFailureOfHealth) {
  EXPECT_EQ(line(event::HealthFailed{kShard, kGeneration, DisconnectKind::kDataTimeout, 30s}),
            "shard 3 connection 7: no data for 30.000 s");
  EXPECT_EQ(line(event::HealthFailed{kShard, kGeneration, DisconnectKind::kPongTimeout, 70s}),
            "shard 3 connection 7: pings unanswered for 70.000 s");
}

TEST(EventTest, TellsWhatAHookThrew) {
  EXPECT_EQ(line(event::HandlerThrew{"on_message", "bad", 1}), "handler: on_message threw: bad");
  EXPECT_EQ(line(event::HandlerThrew{"on_message", "bad", 5}),
            "handler: on_message threw: bad (4 more before it)");
}

TEST(EventTest, TellsAPauseOfDelivery) {
  EXPECT_EQ(line(event::DeliveryPaused{}),
            "delivery queue full: reading pauses until the handler has caught up");
  EXPECT_EQ(line(event::DeliveryResumed{}), "reading goes on");
}

TEST(EventTest, TellsWhatASlowHandlerCosts) {
  EXPECT_EQ(line(event::MessagesDropped{1, 0s}),
            "delivery queue full: 1 message dropped in 0.000 s");
  EXPECT_EQ(line(event::SlowConsumer{200, 1500ms}),
            "handler is 1.500 s behind: 200 messages in the queue");
  EXPECT_EQ(line(event::ConsumerCaughtUp{3s}), "handler has caught up after 3.000 s");
}

TEST(EventTest, HasAWordForEachTriggerAndOutcome) {
  EXPECT_EQ(to_string(SwitchoverTrigger::kAge), "age");
  EXPECT_EQ(to_string(SwitchoverTrigger::kRequest), "request");
  EXPECT_EQ(to_string(SwitchoverTrigger::kStall), "stall");
  EXPECT_EQ(to_string(SwitchoverOutcome::kProven), "proven");
  EXPECT_EQ(to_string(SwitchoverOutcome::kUnproven), "unproven");
  EXPECT_EQ(to_string(SwitchoverOutcome::kPromoted), "promoted");
  EXPECT_EQ(to_string(SwitchoverOutcome::kAbandoned), "abandoned");
  EXPECT_EQ(to_string(SwitchoverOutcome::kCancelled), "cancelled");
}

}  // namespace
}  // namespace wsm
