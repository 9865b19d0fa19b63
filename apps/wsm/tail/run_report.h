#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <wsm/metrics.h>
#include <wsm/subscription.h>
#include <wsm/types.h>

#include "tail/tally.h"

namespace wsm::tail {

/// How far a topic had come when the run ended.
struct TopicReport {
  std::string topic;
  SubscriptionState state;
};

/// Everything that the summary of a run tells.
struct RunReport {
  TallyCounts tally;
  Duration elapsed = Duration::zero();
  std::vector<TopicReport> topics;  ///< Empty when the URL is the subscription.
  Counters counters;                ///< Of the manager, when it had stopped.

  [[nodiscard]] SubscriptionCounts by_status() const;
};

/// The summary for people: what has come, and a line for each kind of thing that went wrong. Of
/// topics in trouble it names the first ten of a kind.
[[nodiscard]] std::string report_text(const RunReport& report);

}  // namespace wsm::tail
