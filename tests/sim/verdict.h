#pragma once

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "core/action.h"
#include "sim/feed.h"
#include "sim/world.h"

namespace wsm::sim {

/// All that can find something wrong. docs/simulation.md says when each does.
inline constexpr std::string_view kOracleNames[] = {
    "delivery", "placement",   "truth",   "counters", "circuit",     "limits",
    "join",     "ledger",      "gaps",    "state",    "planned",     "silence",
    "drain",    "withholding", "answers", "recovery", "determinism",
};

/// What a run has come to: the first thing that any oracle found wrong ends it.
class Verdict {
 public:
  struct Failure {
    std::string_view oracle;
    std::string what;
    Duration at;
  };

  explicit Verdict(World& world) : world_(world) {}

  void fail(std::string_view oracle, std::string what) {
    WSM_ASSERT(std::ranges::find(kOracleNames, oracle) != std::end(kOracleNames));
    if (failure_) return;
    failure_ = Failure{oracle, std::move(what), world_.elapsed()};
    world_.stop();
  }
  [[nodiscard]] const std::optional<Failure>& failure() const { return failure_; }
  [[nodiscard]] World& world() { return world_; }

 private:
  World& world_;
  std::optional<Failure> failure_;
};

/// Names in the form of the trace.
[[nodiscard]] inline std::string name_of(ConnectionId id) {
  return "shard " + std::to_string(id.shard.value()) + " connection " +
         std::to_string(id.generation.value());
}
[[nodiscard]] inline std::string name_of(Topic topic) {
  return "topic " + std::to_string(topic.value());
}

}  // namespace wsm::sim
