#include "tail/report_json.h"

#include <chrono>
#include <iterator>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "tail/json_text.h"

namespace wsm::tail {
namespace {

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

void append_topic(std::string& out, const TopicReport& report) {
  const SubscriptionState& state = report.state;
  out += R"({"topic":)";
  append_json_string(out, report.topic);
  fmt::format_to(std::back_inserter(out), R"(,"status":"{}","shard":{},"dropped":{})",
                 to_string(state.status), state.shard.value(), state.messages_dropped);
  if (state.since_data) {
    fmt::format_to(std::back_inserter(out), R"(,"since_data":{:.3f})", seconds(*state.since_data));
  }
  if (!state.detail.empty()) {
    out += R"(,"detail":)";
    append_json_string(out, state.detail);
  }
  out += '}';
}

}  // namespace

std::string report_json(const RunReport& report, ExitCode code) {
  const TallyCounts::Shard total = report.tally.total();
  const Counters& counters = report.counters;
  const SubscriptionCounts counts = report.by_status();
  std::string out = fmt::format(
      R"({{"kind":"summary","exit_code":{},"seconds":{:.3f},"messages":{},"bytes":{},)"
      R"("connections":{},"reconnects":{},"dropped":{},"superseded":{},"lost":{},"gaps":{},)"
      R"("duplicates_removed":{},"silent":{},"unanswered":{},)"
      R"("statuses":{{"live":{},"requested":{},"desired":{},"stale":{},"rejected":{}}},"topics":[)",
      static_cast<int>(code), seconds(report.elapsed), total.messages, total.bytes,
      total.connections, report.tally.reconnects(), counters.messages_dropped,
      counters.messages_conflated, counters.messages_lost, counters.gaps,
      counters.duplicates_removed, counters.stalls, counters.acknowledgements_overdue, counts.live,
      counts.requested, counts.desired, counts.stale, counts.rejected);
  for (const TopicReport& topic : report.topics) {
    if (&topic != report.topics.data()) out += ',';
    append_topic(out, topic);
  }
  return out += "]}";
}

}  // namespace wsm::tail
