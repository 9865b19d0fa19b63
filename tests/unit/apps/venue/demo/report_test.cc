#include "demo/report.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>

namespace wsm::demo {
namespace {

using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class ReportTest : public ::testing::Test {
 protected:
  static Entry entry(Duration at, Incident incident, Toll toll,
                     std::optional<Duration> restored_after) {
    return {{{at, incident, ShardId{2}}, at, venue::ConnectionId{0}}, toll, restored_after};
  }

  Account account{
      .sent = 1'000,
      .received = 995,
      .total = {.lost = 12, .duplicated = 7},
      .entries = {entry(4s, Incident::kCut, {.lost = 12}, 61ms),
                  entry(8s, Incident::kSilence, {}, std::nullopt),
                  entry(12s, Incident::kLeave, {}, 5ms), entry(14s, Incident::kDrain, {}, 3ms),
                  entry(16s, Incident::kSwitchover, {.duplicated = 7}, 4ms)},
      .unexplained = {},
      .topics = 3,
      .topics_live = 3};
};

TEST_F(ReportTest, TheTruthIsOneLine) {
  EXPECT_EQ(
      truth_line(account),
      "truth: sent=1000 received=995 lost=12 duplicated=7 out_of_order=0 (lost belongs to: "
      "cut 12, silent 0, asked to leave 0, drain notice 0, hot switchover 0; unexplained 0)\n");
}

TEST_F(ReportTest, WithSeveralConnectionsForEachTopicNothingMayBeLost) {
  EXPECT_TRUE(account.is_whole()) << "each loss has its incident";

  account.redundancy = 2;

  EXPECT_FALSE(account.is_whole());
  account.total.lost = 0;
  EXPECT_TRUE(account.is_whole());
}

TEST_F(ReportTest, TheRebalancingIsOneLine) {
  EXPECT_EQ(rebalance_line(account), "not rebalanced: there was nothing to move, or no time\n");

  account.rebalance = {
      .proven = 197, .unproven = 2, .interrupted = 1, .abandoned = 0, .lasted = 812ms};

  EXPECT_EQ(rebalance_line(account),
            "rebalanced: 200 topics moved in 812 ms (197 proven, 2 unproven, 1 interrupted, 0 "
            "abandoned)\n");
}

TEST_F(ReportTest, TheUnexplainedOfAllKindsIsOneNumber) {
  account.unexplained = {.lost = 1, .duplicated = 2, .out_of_order = 3};
  account.invented = 4;

  EXPECT_THAT(truth_line(account), HasSubstr("; unexplained 10)"));
}

TEST_F(ReportTest, TheLedgerIsOneLine) {
  account.ledger = {
      .lost = 12, .duplicates_removed = 7, .causes = {{GapCause::kReconnect, {4, 12}}}};

  EXPECT_EQ(
      ledger_line(account),
      "ledger: lost=12 in 4 gaps (reconnect 12 in 4), copies removed=7: as the venue's record "
      "says\n");
}

TEST_F(ReportTest, SaysWhereTheLedgerIsWrong) {
  account.ledger = {.topics_wrong = 3};
  EXPECT_THAT(ledger_line(account), HasSubstr("DIFFERS from the venue's record in 3 topics"));
  EXPECT_FALSE(account.is_whole());

  account.ledger = {.repeated = 2};
  EXPECT_THAT(ledger_line(account), HasSubstr("BUT 2 messages were delivered twice"));
}

TEST_F(ReportTest, TheTableHasARowForEachIncident) {
  const auto table = incident_table(account);

  EXPECT_THAT(table, HasSubstr("cut                4.0 s      2           61 ms        12"));
  EXPECT_THAT(table, HasSubstr("silent             8.0 s      2           never         0"));
  EXPECT_THAT(table, HasSubstr("\nunexplained "));
}

TEST_F(ReportTest, TheTableSaysWhenAnIncidentDidNotHappen) {
  account.entries.pop_back();

  EXPECT_THAT(incident_table(account), HasSubstr("4 of 5 incidents happened."));
}

TEST_F(ReportTest, EachSwitchoverIsOneLine) {
  EXPECT_EQ(switchover_lines(account), "");

  account.switchovers = {{.shard = ShardId{2},
                          .trigger = SwitchoverTrigger::kDrainNotice,
                          .outcome = SwitchoverOutcome::kProven,
                          .proven = 400}};

  EXPECT_THAT(switchover_lines(account),
              StartsWith("shard 2: switchover (drain notice, proven): 400 proven, 0 unproven"));
  EXPECT_THAT(switchover_lines(account), EndsWith("\n"));
}

TEST_F(ReportTest, TheJsonHasTheSameNumbers) {
  event::SwitchoverReported report{};
  report.proven = 400;
  report.messages_lost = 7;
  report.proving = 3ms;
  account.switchovers = {report};

  const auto text = json_line(account, *make_plan(Options{}));

  EXPECT_EQ(text.find('\n'), text.size() - 1);
  const auto object = boost::json::parse(text).as_object();
  EXPECT_TRUE(object.at("ok").as_bool());
  EXPECT_EQ(object.at("lost").to_number<int>(), 12);
  EXPECT_EQ(object.at("unexplained").at("invented").to_number<int>(), 0);
  EXPECT_TRUE(object.at("ledger").at("ok").as_bool());
  EXPECT_EQ(object.at("redundancy").to_number<int>(), 1);
  EXPECT_TRUE(object.at("rebalance").is_null());
  const auto& switchover = object.at("switchovers").as_array().at(0);
  EXPECT_EQ(switchover.at("proven").to_number<int>(), 400);
  EXPECT_EQ(switchover.at("lost").to_number<int>(), 7);
  EXPECT_EQ(switchover.at("proving_ms").to_number<int>(), 3);
  const auto& events = object.at("events").as_array();
  ASSERT_EQ(events.size(), 5U);
  EXPECT_EQ(events[0].at("event").as_string(), "cut");
  EXPECT_EQ(events[0].at("at_ms").to_number<int>(), 4'000);
  EXPECT_EQ(events[0].at("restored_after_ms").to_number<int>(), 61);
  EXPECT_TRUE(events[1].at("restored_after_ms").is_null());
}

}  // namespace
}  // namespace wsm::demo
