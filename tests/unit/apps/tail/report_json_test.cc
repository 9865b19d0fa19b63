#include "tail/report_json.h"

#include <chrono>

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace wsm::tail {
namespace {

using namespace std::chrono_literals;

namespace json = boost::json;

json::object parsed(const RunReport& report, ExitCode code = ExitCode::kOk) {
  return json::parse(report_json(report, code)).as_object();
}

TEST(ReportJson, HasEveryNumberOfTheRun) {
  RunReport report;
  report.elapsed = 1500ms;
  report.tally.shards[ShardId{0}] = {.messages = 4, .bytes = 50, .connections = 3};
  report.counters.messages_dropped = 7;
  report.counters.messages_conflated = 3;
  report.counters.messages_lost = 1;
  report.counters.gaps = 2;
  report.counters.duplicates_removed = 5;
  report.counters.stalls = 6;
  report.counters.acknowledgements_overdue = 8;

  const json::value expected = json::parse(
      R"({"kind":"summary","exit_code":9,"seconds":1.5,"messages":4,"bytes":50,"connections":3,)"
      R"("reconnects":2,"dropped":7,"superseded":3,"lost":1,"gaps":2,"duplicates_removed":5,)"
      R"("silent":6,"unanswered":8,)"
      R"("statuses":{"live":0,"requested":0,"desired":0,"stale":0,"rejected":0},)"
      R"("topics":[]})");
  EXPECT_EQ(json::value(parsed(report, ExitCode::kRefused)), expected);
}

TEST(ReportJson, HasEachTopicWithWhatIsKnownOfIt) {
  RunReport report;
  report.topics.push_back({"a", {SubscriptionStatus::kLive, ShardId{1}, 2s, 250ms, "", 4}});
  report.topics.push_back({"\"b\"", {SubscriptionStatus::kRejected, ShardId{0}, 1s, {}, "why"}});

  const json::object summary = parsed(report);

  EXPECT_EQ(summary.at("topics"),
            json::parse(
                R"([{"topic":"a","status":"live","shard":1,"dropped":4,"since_data":0.25},)"
                R"({"topic":"\"b\"","status":"rejected","shard":0,"dropped":0,"detail":"why"}])"));
  EXPECT_EQ(summary.at("statuses").at("rejected"), 1);
}

}  // namespace
}  // namespace wsm::tail
