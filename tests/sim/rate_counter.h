#pragma once

#include <cstddef>
#include <deque>

#include "base/time.h"

namespace wsm::sim {

/// Counts events by remembering them: slow, and hard to get wrong.
class RateCounter {
 public:
  /// One more at `now`. Returns how many there were in the `window` that ends with it; of two
  /// events exactly one window apart no window has both.
  std::size_t add(TimePoint now, Duration window) {
    times_.push_back(now);
    while (times_.front() <= now - window) times_.pop_front();
    return times_.size();
  }

 private:
  std::deque<TimePoint> times_;
};

}  // namespace wsm::sim
