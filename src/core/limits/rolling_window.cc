#include "core/limits/rolling_window.h"

#include <algorithm>

#include "base/assert.h"

namespace wsm {

RollingWindow::RollingWindow(const Options& options) : options_(options) {
  WSM_ASSERT(options_.count > 0);
}

TimePoint RollingWindow::earliest(TimePoint now, std::size_t spare) const {
  WSM_ASSERT(spare < options_.count);
  TimePoint when = now;
  if (times_.empty()) return when;
  when = std::max(when, times_[newest_] + options_.spacing);
  const std::size_t most = options_.count - spare;
  if (times_.size() < most) return when;
  return std::max(when, times_[index_of_last(most)] + options_.length);
}

void RollingWindow::take(TimePoint now) {
  WSM_ASSERT(allows(now));
  if (times_.size() < options_.count) {
    newest_ = times_.size();
    times_.push_back(now);
  } else {
    newest_ = (newest_ + 1) % times_.size();
    times_[newest_] = now;
  }
}

void RollingWindow::postpone(std::size_t events, TimePoint now) {
  WSM_ASSERT(events <= times_.size());
  for (std::size_t nth = 1; nth <= events; ++nth) {
    TimePoint& time = times_[index_of_last(nth)];
    WSM_ASSERT(time <= now);
    time = now;
  }
}

/// The last event is the first one.
std::size_t RollingWindow::index_of_last(std::size_t nth) const {
  WSM_ASSERT(nth > 0 && nth <= times_.size());
  return (newest_ + times_.size() - (nth - 1)) % times_.size();
}

}  // namespace wsm
