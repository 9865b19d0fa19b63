#include "tail/progress.h"

#include <chrono>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm::tail {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr ShardId kFirst{0};
constexpr ShardId kSecond{1};

// A second later than the event before it, so that no count is too early to be told.
std::optional<ProgressLine> describe(ProgressReporter& reporter, EventKind event) {
  static SystemTime now{};
  now += 1s;
  return reporter.describe({now, std::move(event)});
}

std::string text_of(const std::optional<ProgressLine>& line) { return line ? line->text : "none"; }

event::Disconnected disconnected(ShardId shard, Generation generation, DisconnectKind kind) {
  return {shard, generation, true, {kind, "", {}, {}, {}}};
}

TEST(ProgressReporter, TellsOfConnectionsAndOfWhichAttemptItWas) {
  ProgressReporter reporter{0};

  EXPECT_EQ(text_of(describe(reporter, event::Connected{kFirst, Generation{1}, 12ms})),
            "shard 0: connected in 12 ms");
  EXPECT_EQ(text_of(describe(reporter, event::Connected{kFirst, Generation{2}, 12ms})),
            "shard 0: connected in 12 ms (attempt 2)");
}

TEST(ProgressReporter, TellsOfLossesAndWhenItTriesAgain) {
  ProgressReporter reporter{0};
  const auto lost = disconnected(kFirst, Generation{1}, DisconnectKind::kConnectionLost);

  EXPECT_EQ(text_of(describe(reporter, lost)), "shard 0: connection lost");
  EXPECT_EQ(text_of(describe(reporter, event::ReconnectScheduled{kFirst, 1, 1500ms})),
            "shard 0: reconnect in 1.5 s");
}

TEST(ProgressReporter, SaysWhenAllWaitForOneAttempt) {
  ProgressReporter reporter{0};

  EXPECT_EQ(text_of(describe(reporter,
                             event::CircuitBreakerChanged{"h:80", CircuitStatus::kOpen, 1500ms})),
            "h:80: nobody can connect; one attempt in 1.5 s");
  EXPECT_EQ(describe(reporter, event::CircuitBreakerChanged{"h:80", CircuitStatus::kHalfOpen, {}}),
            std::nullopt);
}

TEST(ProgressReporter, DoesNotCountWhatCopiesAskFor) {
  ProgressReporter reporter{300};
  (void)describe(reporter, event::ShardOpened{kFirst});
  (void)describe(reporter, event::ShardOpened{kSecond, kFirst});
  EXPECT_FALSE(describe(reporter, event::SubscriptionsRequested{kSecond, Generation{1}, 300}));
  EXPECT_TRUE(describe(reporter, event::SubscriptionsRequested{kFirst, Generation{1}, 300}));
}

TEST(ProgressReporter, TellsWhenAReplacementHasCostSomething) {
  ProgressReporter reporter{0};
  event::SwitchoverReported report{kFirst, SwitchoverTrigger::kAge, SwitchoverOutcome::kPromoted};
  EXPECT_EQ(describe(reporter, report), std::nullopt);

  report.interrupted = {{SubscriptionId{1}, "btc"}, {SubscriptionId{2}, "eth"}};

  EXPECT_EQ(text_of(describe(reporter, report)), "shard 0: 2 topics have a gap behind that");
  report.interrupted.pop_back();
  EXPECT_EQ(text_of(describe(reporter, report)), "shard 0: 1 topic has a gap behind that");
}

TEST(ProgressReporter, CountsSubscriptionsOverAllShards) {
  ProgressReporter reporter{600};

  (void)describe(reporter, event::SubscriptionsRequested{kFirst, Generation{1}, 200});
  (void)describe(reporter, event::SubscriptionsRequested{kFirst, Generation{1}, 100});
  const auto line = describe(reporter, event::SubscriptionsRequested{kSecond, Generation{1}, 300});

  EXPECT_EQ(text_of(line), "requested 600 of 600");
}

TEST(ProgressReporter, NamesTheOptionThatARequestDoesNotFit) {
  ProgressReporter reporter{1};
  const event::SubscriptionSendFailed failed{kFirst, 1, "40 bytes, more than bytes_per_message"};

  EXPECT_EQ(text_of(describe(reporter, failed)),
            "shard 0: 1 not requested: 40 bytes, more than --batch-bytes");
}

TEST(ProgressReporter, CountsFromTheBeginningAfterALoss) {
  ProgressReporter reporter{10};
  (void)describe(reporter, event::SubscriptionsRequested{kFirst, Generation{1}, 10});
  (void)describe(reporter, disconnected(kFirst, Generation{1}, DisconnectKind::kConnectionLost));

  const auto line = describe(reporter, event::SubscriptionsRequested{kFirst, Generation{2}, 4});

  EXPECT_EQ(text_of(line), "requested 4 of 10");
}

TEST(ProgressReporter, CountsATopicOnceThatTwoConnectionsAskedFor) {
  ProgressReporter reporter{10};
  (void)describe(reporter, event::SubscriptionsRequested{kFirst, Generation{1}, 10});
  const auto during = describe(reporter, event::SubscriptionsRequested{kFirst, Generation{2}, 10});
  (void)describe(reporter, disconnected(kFirst, Generation{1}, DisconnectKind::kReplaced));
  const auto after = describe(reporter, event::SubscriptionsRequested{kSecond, Generation{1}, 0});

  EXPECT_EQ(text_of(during), "requested 10 of 10");
  EXPECT_EQ(text_of(after), "requested 10 of 10");
}

TEST(ProgressReporter, TellsCountsNowAndThenAndTheLastOne) {
  ProgressReporter reporter{4};
  const SystemTime start{1h};
  const event::SubscriptionsRequested one{kFirst, Generation{1}, 1};
  constexpr Duration kInterval = ProgressReporter::kCountInterval;

  EXPECT_EQ(text_of(reporter.describe({start, one})), "requested 1 of 4");
  EXPECT_EQ(text_of(reporter.describe({start + kInterval - 1ns, one})), "none");
  EXPECT_EQ(text_of(reporter.describe({start + kInterval, one})), "requested 3 of 4");
  EXPECT_EQ(text_of(reporter.describe({start + kInterval, one})), "requested 4 of 4");
}

TEST(ProgressReporter, DoesNotCountWhatIsAskedForOnceMore) {
  ProgressReporter reporter{2};
  (void)describe(reporter, event::SubscriptionsRequested{kFirst, Generation{1}, 2});

  EXPECT_FALSE(describe(reporter, event::SubscriptionsRequested{kFirst, Generation{1}, 1}));
}

TEST(ProgressReporter, SaysNothingOfSubscriptionsWhereTheUrlIsTheOne) {
  ProgressReporter reporter{0};

  EXPECT_FALSE(describe(reporter, event::SubscriptionsRequested{kFirst, Generation{1}, 1}));
}

TEST(ProgressReporter, SaysNothingOfItsOwnStop) {
  ProgressReporter reporter{0};

  EXPECT_FALSE(describe(reporter, disconnected(kFirst, Generation{1}, DisconnectKind::kStopped)));
  EXPECT_FALSE(describe(reporter, event::ShardSuspended{kFirst, 1, false}));
  EXPECT_TRUE(describe(reporter, event::ShardSuspended{kFirst, 10, true}));
}

TEST(ProgressLine, IsColouredByItsTone) {
  const ProgressLine good{Tone::kGood, "fine"};

  EXPECT_EQ(render(good, false), "fine");
  EXPECT_EQ(render(good, true), "\x1b[32mfine\x1b[0m");
  EXPECT_EQ(render({Tone::kNeutral, "so"}, true), "so");
}

TEST(ProgressLine, CannotCommandTheTerminal) {
  EXPECT_EQ(render({Tone::kBad, "a\x1b[2Jb\nc"}, false), "a?[2Jb?c");
}

TEST(ProgressReporter, TellsWhatBecomesOfSingleTopics) {
  ProgressReporter reporter{3};

  EXPECT_EQ(text_of(describe(
                reporter, event::SubscriptionsRejected{kFirst, Generation{1}, 2, "no such topic"})),
            "shard 0: 2 refused: no such topic");
  EXPECT_EQ(text_of(describe(reporter, event::SubscriptionStalled{kFirst, 1})),
            "shard 0: 1 silent, asked for again");
  EXPECT_EQ(text_of(describe(reporter, event::AcknowledgementOverdue{kFirst, Generation{1}, 3})),
            "shard 0: no answer about 3, asked for again");
}

TEST(ProgressReporter, TellsOnceThatStdoutIsSlowUntilItHasCaughtUp) {
  ProgressReporter reporter{0};
  const std::string slow = "stdout is slow; messages have waited for 2 s";

  EXPECT_EQ(text_of(describe(reporter, event::SlowConsumer{10, 2s})), slow);
  EXPECT_EQ(text_of(describe(reporter, event::SlowConsumer{20, 3s})), "none");
  EXPECT_EQ(text_of(describe(reporter, event::ConsumerCaughtUp{4s})),
            "stdout has caught up after 4 s");
  EXPECT_EQ(text_of(describe(reporter, event::SlowConsumer{10, 2s})), slow);
}

TEST(ProgressReporter, TellsOfMessagesThatWereDropped) {
  ProgressReporter reporter{0};

  EXPECT_EQ(text_of(describe(reporter, event::MessagesDropped{7, 1s})),
            "stdout is slow; dropped 7 messages");
}

}  // namespace
}  // namespace wsm::tail
