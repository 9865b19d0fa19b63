#include "tail/run_report.h"

#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsm::tail {
namespace {

using namespace std::chrono_literals;

using ::testing::HasSubstr;
using ::testing::Not;

TopicReport topic(std::string name, SubscriptionStatus status, std::string detail = {}) {
  return {std::move(name), {status, ShardId{0}, 1s, {}, std::move(detail)}};
}

TEST(RunReport, CountsTopicsByStatus) {
  RunReport report;
  report.topics = {topic("a", SubscriptionStatus::kLive), topic("b", SubscriptionStatus::kLive),
                   topic("c", SubscriptionStatus::kStale)};

  EXPECT_EQ(report.by_status(), (SubscriptionCounts{.live = 2, .stale = 1}));
}

TEST(RunReport, SaysNothingOfWhatDidNotHappen) {
  EXPECT_EQ(report_text({}), "0 messages, 0 bytes in 0 ms (0.0/s); 0 connections, 0 reconnects");
}

TEST(RunReport, NamesTheTopicsThatAreNotWell) {
  RunReport report;
  report.topics = {topic("a", SubscriptionStatus::kLive),
                   topic("b", SubscriptionStatus::kRejected, "no such topic"),
                   topic("c", SubscriptionStatus::kStale)};
  report.topics[2].state.since_data = 12s;

  EXPECT_THAT(report_text(report), HasSubstr("\n  topics: 1 live, 1 stale, 1 rejected"
                                             "\n  stale: c: no data for 12 s"
                                             "\n  rejected: b: no such topic"));
}

TEST(RunReport, NamesNoMoreThanTenOfAKind) {
  RunReport report;
  for (int i = 0; i < 12; ++i) {
    report.topics.push_back(topic("t" + std::to_string(i), SubscriptionStatus::kRejected));
  }

  EXPECT_THAT(report_text(report), HasSubstr("\n  rejected: t9: no reason was given"
                                             "\n  rejected: and 2 more"));
  EXPECT_THAT(report_text(report), Not(HasSubstr("t10")));
}

TEST(RunReport, TellsWhatWasLostAndWhatWasAskedForAgain) {
  RunReport report;
  report.counters.messages_dropped = 7;
  report.counters.messages_conflated = 3;
  report.counters.gaps = 2;
  report.counters.messages_lost = 1;
  report.counters.stalls = 1;
  report.counters.acknowledgements_overdue = 2;

  EXPECT_THAT(report_text(report),
              HasSubstr("\n  dropped: 7 messages, of them 3 superseded by newer ones"
                        "\n  gaps: 2, with 1 message known to be lost"
                        "\n  asked again: 1 time because a topic was silent"
                        "\n  asked again: 2 times because no answer came"));
}

}  // namespace
}  // namespace wsm::tail
