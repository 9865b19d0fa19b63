#include "manager/event_log.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

namespace wsm {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

constexpr ShardId kShard{2};
constexpr Generation kGeneration{3};

class RecordingLogger final : public Logger {
 public:
  void log(LogLevel level, std::string_view line) override { lines.emplace_back(level, line); }

  std::vector<std::pair<LogLevel, std::string>> lines;
};

class ThrowingLogger final : public Logger {
 public:
  void log(LogLevel, std::string_view) override { throw std::runtime_error{"disk full"}; }
};

event::Disconnected disconnected(DisconnectKind kind) {
  return {kShard, kGeneration, /*was_open=*/true, {.kind = kind}};
}

event::SwitchoverFinished finished(SwitchoverOutcome outcome) {
  return {kShard, SwitchoverTrigger::kAge, outcome, Duration{}};
}

TEST(LogLevelTest, WhatNeedsSomebodyIsAnError) {
  EXPECT_EQ(log_level(event::ShardSuspended{kShard, 10, true}), LogLevel::kError);
  EXPECT_EQ(log_level(event::SubscriptionSendFailed{kShard, 1, "too long"}), LogLevel::kError);
  EXPECT_EQ(log_level(event::HandlerThrew{"on_message", "oops", 1}), LogLevel::kError);
}

TEST(LogLevelTest, WhatWentWrongIsAWarning) {
  EXPECT_EQ(log_level(disconnected(DisconnectKind::kConnectionLost)), LogLevel::kWarning);
  EXPECT_EQ(log_level(disconnected(DisconnectKind::kClosedByServer)), LogLevel::kWarning);
  EXPECT_EQ(log_level(finished(SwitchoverOutcome::kAbandoned)), LogLevel::kWarning);
  EXPECT_EQ(log_level(event::HealthFailed{kShard, kGeneration, DisconnectKind::kDataTimeout, {}}),
            LogLevel::kWarning);
  EXPECT_EQ(log_level(event::CircuitBreakerChanged{"h:80", CircuitStatus::kOpen, {}}),
            LogLevel::kWarning);
  EXPECT_EQ(log_level(event::DeliveryPaused{}), LogLevel::kWarning);
  EXPECT_EQ(log_level(event::MessagesDropped{1, {}}), LogLevel::kWarning);
  EXPECT_EQ(log_level(event::SlowConsumer{1, {}}), LogLevel::kWarning);
  EXPECT_EQ(log_level(event::NoticesOmitted{1, 0}), LogLevel::kWarning);
}

event::GapClosed gap(GapCause cause) { return {{}, kShard, cause, 1, 5, 3, {}}; }

/// A reconnect of a shard with five hundred subscriptions must not be told five hundred times.
TEST(LogLevelTest, AGapIsAWarningWhereNothingElseTellsOfIt) {
  EXPECT_EQ(log_level(gap(GapCause::kSequenceHole)), LogLevel::kWarning);
  EXPECT_EQ(log_level(gap(GapCause::kNumbersRestarted)), LogLevel::kWarning);
  EXPECT_EQ(log_level(gap(GapCause::kReconnect)), LogLevel::kDebug);
  EXPECT_EQ(log_level(gap(GapCause::kDropped)), LogLevel::kDebug);
}

TEST(LogLevelTest, WhatWasPlannedIsInformation) {
  EXPECT_EQ(log_level(disconnected(DisconnectKind::kReplaced)), LogLevel::kInfo);
  EXPECT_EQ(log_level(disconnected(DisconnectKind::kRequested)), LogLevel::kInfo);
  EXPECT_EQ(log_level(disconnected(DisconnectKind::kStopped)), LogLevel::kInfo);
  EXPECT_EQ(log_level(finished(SwitchoverOutcome::kProven)), LogLevel::kInfo);
  EXPECT_EQ(log_level(event::Connected{kShard, kGeneration, {}}), LogLevel::kInfo);
  EXPECT_EQ(log_level(event::CircuitBreakerChanged{"h:80", CircuitStatus::kClosed, {}}),
            LogLevel::kInfo);
  EXPECT_EQ(log_level(event::DeliveryResumed{}), LogLevel::kInfo);
  EXPECT_EQ(log_level(event::ConsumerCaughtUp{}), LogLevel::kInfo);
  EXPECT_EQ(log_level(event::Stopped{}), LogLevel::kInfo);
  EXPECT_EQ(log_level(event::BrokeDown{}), LogLevel::kError);
}

TEST(LogLevelTest, EverydayStepsAreForDebugging) {
  EXPECT_EQ(log_level(event::Connecting{kShard, kGeneration, 0}), LogLevel::kDebug);
  EXPECT_EQ(log_level(event::SubscriptionsRequested{kShard, kGeneration, 5}), LogLevel::kDebug);
  EXPECT_EQ(log_level(event::UnsubscriptionsRequested{kShard, kGeneration, 5}), LogLevel::kDebug);
  EXPECT_EQ(log_level(event::SubscriptionsChanged{kShard, {}, SubscriptionStatus::kDesired, {}}),
            LogLevel::kDebug);
  EXPECT_EQ(log_level(event::SubscriptionsRemoved{kShard, {}}), LogLevel::kDebug);
  EXPECT_EQ(log_level(event::GapOpened{{}, kShard, GapCause::kStall, {}, {}}), LogLevel::kDebug);
  EXPECT_EQ(log_level(event::MessageLate{{}, kShard, 1}), LogLevel::kDebug);
  EXPECT_EQ(log_level(event::ConnectionRetired{kShard, kGeneration, DisconnectKind::kReplaced}),
            LogLevel::kDebug);
}

TEST(EventLogTest, WritesAnEventAsItsLineAtItsLevel) {
  const auto logger = std::make_shared<RecordingLogger>();
  const EventLog log{logger};

  log.log(event::ShardOpened{kShard});
  log.log(LogLevel::kWarning, "subscribe: no room");

  EXPECT_THAT(logger->lines, ElementsAre(Pair(LogLevel::kInfo, "shard 2: opened"),
                                         Pair(LogLevel::kWarning, "subscribe: no room")));
}

TEST(EventLogTest, IsSilentWithoutALogger) {
  const EventLog log{nullptr};

  EXPECT_NO_THROW(log.log(event::Stopped{}));
}

TEST(EventLogTest, ALoggerThatThrowsLosesItsLineAndNoMore) {
  const EventLog log{std::make_shared<ThrowingLogger>()};

  EXPECT_NO_THROW(log.log(event::Stopped{}));
}

}  // namespace
}  // namespace wsm

namespace application {
namespace {

TEST(EventTextTest, IsFoundWithoutAPrefixByWhoIsToldOfIt) {
  const wsm::Event told{{}, wsm::event::DeliveryPaused{}};

  EXPECT_EQ(to_string(told), wsm::to_string(told.what));
}

}  // namespace
}  // namespace application
