#include "core/limits/connect_history.h"

#include <algorithm>

#include "base/assert.h"

namespace wsm {

void ConnectHistory::note(TimePoint now) {
  times_.push_back(times_.empty() ? now : std::max(now, times_.back()));
  if (times_.size() <= kKept) return;
  times_.pop_front();
  has_forgotten_ = true;
}

TimePoint ConnectHistory::earliest(const RollingWindow::Options& limit, std::size_t spare) const {
  WSM_ASSERT(spare < limit.count);
  const std::size_t most = limit.count - spare;
  if (most <= times_.size()) return times_[times_.size() - most] + limit.length;
  // What is forgotten happened no later than the first that is known.
  return has_forgotten_ ? times_.front() + limit.length : TimePoint{};
}

std::optional<TimePoint> ConnectHistory::last() const {
  if (times_.empty()) return std::nullopt;
  return times_.back();
}

}  // namespace wsm
