// The lines that operators read.

#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <wsm/event.h>

#include "base/printable.h"

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
  EXPECT_EQ(line(event::BrokeDown{"std::bad_alloc"}),
            "the manager has broken down: std::bad_alloc");
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

TEST(EventTest, TellsWhatACircuitBreakerDoes) {
  EXPECT_EQ(line(event::CircuitBreakerChanged{"h:443", CircuitStatus::kOpen, 1500ms}),
            "h:443: circuit breaker open, probed in 1.500 s");
  EXPECT_EQ(line(event::CircuitBreakerChanged{"h:443", CircuitStatus::kHalfOpen, {}}),
            "h:443: circuit breaker half-open");
  EXPECT_EQ(line(event::CircuitBreakerChanged{"h:443", CircuitStatus::kClosed, {}}),
            "h:443: circuit breaker closed");
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

SubscriptionName named(std::string text) { return {SubscriptionId{1}, std::move(text)}; }

TEST(EventTest, TellsWhatBecameOfSubscriptions) {
  EXPECT_EQ(line(event::SubscriptionsChanged{
                kShard, kGeneration, SubscriptionStatus::kLive, {named("AAPL"), named("MSFT")}}),
            "shard 3 connection 7: live: AAPL, MSFT");
  EXPECT_EQ(line(event::SubscriptionsChanged{kShard,
                                             {},
                                             SubscriptionStatus::kDesired,
                                             {named("a"), named("b"), named("c"), named("d")}}),
            "shard 3: desired: a, b, c and 1 more");
  EXPECT_EQ(line(event::SubscriptionsHandedOver{kShard, kGeneration, {named("AAPL")}}),
            "shard 3 connection 7: carries alone: AAPL");
  EXPECT_EQ(line(event::SubscriptionsRemoved{kShard, {named("a\x1b[2J")}}),
            "shard 3: not desired any more: " + printable("a\x1b[2J"));
  EXPECT_EQ(line(event::ConnectionRetired{kShard, kGeneration, DisconnectKind::kReplaced}),
            "shard 3 connection 7: serves no longer: replaced");
}

TEST(EventTest, TellsWhatAMoveHasComeTo) {
  EXPECT_EQ(line(event::SubscriptionMoved{.subscription = named("AAPL"),
                                          .from = ShardId{3},
                                          .to = ShardId{4},
                                          .outcome = MoveOutcome::kProven,
                                          .lasted = 250ms,
                                          .subscribing = 50ms,
                                          .duplicates_removed = 1,
                                          .messages_held = 2}),
            "AAPL: move from shard 3 to 4 proven in 0.250 s (asked in 0.050 s), 1 copy removed, 2 "
            "held, 0 lost");
}

TEST(EventTest, TellsAGapAndWhatItHasCost) {
  EXPECT_EQ(line(event::GapOpened{named("AAPL"), kShard, GapCause::kReconnect, 41, 250ms}),
            "shard 3: gap in AAPL (reconnect), last message 0.250 s ago");
  EXPECT_EQ(line(event::GapClosed{named("AAPL"), kShard, GapCause::kReconnect, 41, 45, 3, 2s}),
            "shard 3: gap in AAPL (reconnect) of 2.000 s: 3 messages lost (between 41 and 45)");
  EXPECT_EQ(line(event::GapClosed{named("AAPL"), kShard, GapCause::kStall, {}, {}, {}, 2s}),
            "shard 3: gap in AAPL (stall) of 2.000 s: unknown number lost");
  EXPECT_EQ(line(event::MessageLate{named("AAPL"), kShard, 43}),
            "shard 3: message 43 of AAPL came late");
}

TEST(EventTest, HasAWordForEachCauseOfAGap) {
  EXPECT_EQ(to_string(GapCause::kReconnect), "reconnect");
  EXPECT_EQ(to_string(GapCause::kStall), "stall");
  EXPECT_EQ(to_string(GapCause::kMove), "move");
  EXPECT_EQ(to_string(GapCause::kSwitchover), "switchover");
  EXPECT_EQ(to_string(GapCause::kSequenceHole), "sequence hole");
  EXPECT_EQ(to_string(GapCause::kNumbersRestarted), "numbers restarted");
  EXPECT_EQ(to_string(GapCause::kDropped), "dropped");
}

TEST(EventTest, TellsASwitchover) {
  EXPECT_EQ(line(event::SwitchoverStarted{kShard, SwitchoverTrigger::kStall}),
            "shard 3: switchover began (stall)");
  EXPECT_EQ(line(event::SwitchoverFinished{kShard, SwitchoverTrigger::kAge,
                                           SwitchoverOutcome::kProven, 250ms}),
            "shard 3: switchover ended (age): proven in 0.250 s");
}

TEST(EventTest, ReportsASwitchover) {
  event::SwitchoverReported report{kShard, SwitchoverTrigger::kAge, SwitchoverOutcome::kUnproven};
  report.proven = 5;
  report.unproven = {{SubscriptionId{1}, "AAPL"}};
  report.duplicates_removed = 12;
  report.messages_held = 1;
  report.messages_lost = 3;
  report.opening = 1ms;
  report.proving = 250ms;
  const std::string tail =
      ", 12 copies removed, 1 held, 3 lost; opened in 0.001 s, asked in 0.000 s, proven in 0.250 "
      "s, "
      "drained in 0.000 s";

  EXPECT_EQ(line(report),
            "shard 3: switchover (age, unproven): 5 proven, 1 unproven (AAPL)" + tail);
  report.interrupted = report.unproven;
  EXPECT_EQ(
      line(report),
      "shard 3: switchover (age, unproven): 5 proven, 1 unproven (AAPL), 1 interrupted (AAPL)" +
          tail);
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
  EXPECT_EQ(line(event::NoticesOmitted{2, 1}),
            "handler too slow: not told of 2 events and 1 disconnect");
}

TEST(EventTest, HasAWordForEachTriggerAndOutcome) {
  EXPECT_EQ(to_string(SwitchoverTrigger::kAge), "age");
  EXPECT_EQ(to_string(SwitchoverTrigger::kRequest), "request");
  EXPECT_EQ(to_string(SwitchoverTrigger::kStall), "stall");
  EXPECT_EQ(to_string(SwitchoverTrigger::kHealth), "health");
  EXPECT_EQ(to_string(SwitchoverOutcome::kProven), "proven");
  EXPECT_EQ(to_string(SwitchoverOutcome::kUnproven), "unproven");
  EXPECT_EQ(to_string(SwitchoverOutcome::kPromoted), "promoted");
  EXPECT_EQ(to_string(SwitchoverOutcome::kAbandoned), "abandoned");
  EXPECT_EQ(to_string(SwitchoverOutcome::kCancelled), "cancelled");
}

TEST(EventTest, KnowsWhichConnectionServesAfterASwitchover) {
  EXPECT_TRUE(has_taken_over(SwitchoverOutcome::kProven));
  EXPECT_TRUE(has_taken_over(SwitchoverOutcome::kUnproven));
  EXPECT_TRUE(has_taken_over(SwitchoverOutcome::kPromoted));
  EXPECT_FALSE(has_taken_over(SwitchoverOutcome::kAbandoned));
  EXPECT_FALSE(has_taken_over(SwitchoverOutcome::kCancelled));
}

}  // namespace
}  // namespace wsm
