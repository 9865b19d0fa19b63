#include "core/health/stall_detector.h"

namespace wsm {

void StallDetector::expect(TimePoint now) {
  if (!silent_since_) silent_since_ = now;
}

std::optional<Duration> StallDetector::take_stall(TimePoint now) {
  const auto deadline = next_deadline();
  if (!deadline || now < *deadline) return std::nullopt;
  const Duration silence = now - *silent_since_;
  silent_since_ = now;
  return silence;
}

std::optional<TimePoint> StallDetector::next_deadline() const {
  if (!timeout_ || !silent_since_) return std::nullopt;
  return *silent_since_ + *timeout_;
}

}  // namespace wsm
