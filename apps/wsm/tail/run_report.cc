#include "tail/run_report.h"

#include <array>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tail/count_text.h"
#include "tail/duration_text.h"

namespace wsm::tail {
namespace {

// In a list that is longer, nobody would find the end of the summary.
constexpr std::size_t kNamesMax = 10;

std::size_t& count_of(SubscriptionCounts& counts, SubscriptionStatus status) {
  switch (status) {
    case SubscriptionStatus::kDesired: return counts.desired;
    case SubscriptionStatus::kRequested: return counts.requested;
    case SubscriptionStatus::kLive: return counts.live;
    case SubscriptionStatus::kStale: return counts.stale;
    case SubscriptionStatus::kRejected: return counts.rejected;
  }
  return counts.desired;
}

template <class... Arguments>
void add_line(std::string& text, fmt::format_string<Arguments...> format,
              Arguments&&... arguments) {
  text += "\n  ";
  fmt::format_to(std::back_inserter(text), format, std::forward<Arguments>(arguments)...);
}

std::string why(const SubscriptionState& state) {
  if (!state.detail.empty()) return state.detail;
  if (state.status != SubscriptionStatus::kStale) return "no reason was given";
  if (!state.since_data) return "no data yet";
  return fmt::format("no data for {}", duration_text(*state.since_data));
}

void add_statuses(std::string& text, SubscriptionCounts counts) {
  constexpr std::array kInOrder{SubscriptionStatus::kLive, SubscriptionStatus::kRequested,
                                SubscriptionStatus::kDesired, SubscriptionStatus::kStale,
                                SubscriptionStatus::kRejected};
  std::vector<std::string> parts;
  for (const SubscriptionStatus status : kInOrder) {
    const std::size_t count = count_of(counts, status);
    if (count > 0) parts.push_back(fmt::format("{} {}", count, to_string(status)));
  }
  add_line(text, "topics: {}", fmt::join(parts, ", "));
}

void add_names(std::string& text, const RunReport& report, SubscriptionStatus status) {
  std::size_t count = 0;
  for (const TopicReport& topic : report.topics) {
    if (topic.state.status != status) continue;
    if (++count <= kNamesMax) {
      add_line(text, "{}: {}: {}", to_string(status), topic.topic, why(topic.state));
    }
  }
  if (count > kNamesMax) add_line(text, "{}: and {} more", to_string(status), count - kNamesMax);
}

void add_losses(std::string& text, const Counters& counters) {
  if (counters.messages_dropped > 0) {
    const std::string superseded =
        counters.messages_conflated == 0
            ? ""
            : fmt::format(", of them {} superseded by newer ones", counters.messages_conflated);
    add_line(text, "dropped: {}{}", counted(counters.messages_dropped, "message"), superseded);
  }
  if (counters.gaps > 0 || counters.messages_lost > 0) {
    add_line(text, "gaps: {}, with {} known to be lost", counters.gaps,
             counted(counters.messages_lost, "message"));
  }
  if (counters.stalls > 0) {
    add_line(text, "asked again: {} because a topic was silent", counted(counters.stalls, "time"));
  }
  if (counters.acknowledgements_overdue > 0) {
    add_line(text, "asked again: {} because no answer came",
             counted(counters.acknowledgements_overdue, "time"));
  }
}

}  // namespace

SubscriptionCounts RunReport::by_status() const {
  SubscriptionCounts counts;
  for (const TopicReport& topic : topics) ++count_of(counts, topic.state.status);
  return counts;
}

std::string report_text(const RunReport& report) {
  std::string text = summary_text(report.tally, report.elapsed);
  if (!report.topics.empty()) add_statuses(text, report.by_status());
  add_names(text, report, SubscriptionStatus::kStale);
  add_names(text, report, SubscriptionStatus::kRejected);
  add_losses(text, report.counters);
  return text;
}

}  // namespace wsm::tail
