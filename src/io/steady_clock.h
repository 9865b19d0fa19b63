#pragma once

#include <chrono>

#include "base/time.h"

namespace wsm::io {

/// Reads the system's monotonic clock. The only place that does: all else is told what time it is.
[[nodiscard]] inline TimePoint now() {
  return TimePoint{
      std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now().time_since_epoch())};
}

/// The same instant for timers of the system.
[[nodiscard]] inline std::chrono::steady_clock::time_point to_system(TimePoint at) {
  return std::chrono::steady_clock::time_point{
      std::chrono::duration_cast<std::chrono::steady_clock::duration>(at.time_since_epoch())};
}

}  // namespace wsm::io
