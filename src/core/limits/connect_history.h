#pragma once

#include <cstddef>
#include <deque>
#include <optional>

#include "base/time.h"
#include "core/limits/rolling_window.h"

namespace wsm {

/// When connects have happened, for limits that need not be known yet.
///
/// Cost: O(1) for each question; memory for kKept time points at most, taken as they come.
class ConnectHistory {
 public:
  /// A window that would hold more of them than this is taken to hold no more.
  static constexpr std::size_t kKept = 65'536;

  /// Threads read their clocks apart: what comes late counts as if it had happened last, which is
  /// never too early for those behind it.
  void note(TimePoint now);

  /// The first instant at which a connect leaves `spare` others room in `limit`; in the past where
  /// nothing is in the way. `spare` is less than the count of the limit.
  [[nodiscard]] TimePoint earliest(const RollingWindow::Options& limit, std::size_t spare) const;
  [[nodiscard]] std::optional<TimePoint> last() const;

 private:
  std::deque<TimePoint> times_;  // In order.
  bool has_forgotten_ = false;
};

}  // namespace wsm
