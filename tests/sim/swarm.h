#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/scenario.h"

namespace wsm::sim {

/// One world of many.
struct Task {
  std::uint64_t seed = 0;
  Duration chaos{};
  bool has_all_numbers = true;  ///< As in ScenarioOptions.
};

/// The sums over many worlds.
struct Tally : Totals {
  std::uint64_t worlds = 0;
  std::uint64_t failed = 0;

  void add(const Outcome& outcome);
};

struct SwarmOptions {
  unsigned jobs = 1;
  bool runs_twice = false;  ///< And compares the hashes.
};

/// One world; or the same one twice, which fails if the traces have different hashes. Should an
/// assertion of the library end the process, the failure_line() is printed as well.
[[nodiscard]] Outcome run_world(const ScenarioOptions& options, bool runs_twice);

/// Runs every task, several at a time, and calls `tell` for each that is done, one at a time, in
/// the order of the tasks, so that the output does not depend on the jobs. Returns the sums.
Tally run_swarm(const std::vector<Task>& tasks, const SwarmOptions& options,
                const std::function<void(const Task&, const Outcome&)>& tell);

/// A number of hours as it is given on the command line, and back: without loss.
[[nodiscard]] Duration from_hours(double hours);
[[nodiscard]] std::string hours_text(Duration duration);

/// The line that says what failed and how to see it again.
[[nodiscard]] std::string failure_line(const Task& task, const Verdict::Failure& failure);

}  // namespace wsm::sim
