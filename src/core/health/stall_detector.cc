#include "core/health/stall_detector.h"

#include <algorithm>
#include <utility>

#include "core/health/pause.h"

namespace wsm {

void StallDetector::expect(TimePoint now) {
  if (silent_since_ || silent_for_) return;
  if (is_paused_) {
    silent_for_ = Duration::zero();
  } else {
    silent_since_ = now;
  }
}

void StallDetector::rest() {
  silent_since_.reset();
  silent_for_.reset();
}

void StallDetector::pause(TimePoint now) {
  if (std::exchange(is_paused_, true)) return;
  if (silent_since_) silent_for_ = now - *std::exchange(silent_since_, std::nullopt);
}

void StallDetector::resume(TimePoint now) {
  is_paused_ = false;
  const auto silent_for = std::exchange(silent_for_, std::nullopt);
  if (!silent_for) return;
  const Duration longest =
      timeout_ ? std::max(*timeout_ - kReadingTime, Duration::zero()) : *silent_for;
  silent_since_ = now - std::min(*silent_for, longest);
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
