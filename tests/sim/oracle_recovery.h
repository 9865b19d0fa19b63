#pragma once

#include <optional>
#include <string>

#include "core/supervisor/supervisor.h"
#include "sim/oracle_freshness.h"
#include "sim/oracle_placement.h"
#include "sim/verdict.h"

namespace wsm::sim {

/// When nothing fails any more, everything is well within a bound: the core calls itself live, the
/// venue serves what is wanted and nothing else, and data of all of it arrives.
class RecoveryOracle {
 public:
  RecoveryOracle(Verdict& verdict, PlacementOracle& placement, const FreshnessOracle& freshness)
      : verdict_(verdict), placement_(placement), freshness_(freshness) {}

  /// Lets the world go on until all is well, for `bound` at most. Nothing has failed since now.
  void await(const Supervisor& core, Duration bound);

 private:
  /// What is not as it ought to be when nothing has failed since `since`.
  [[nodiscard]] std::optional<std::string> find_fault(const Supervisor& core, TimePoint since);

  Verdict& verdict_;
  PlacementOracle& placement_;
  const FreshnessOracle& freshness_;
};

}  // namespace wsm::sim
