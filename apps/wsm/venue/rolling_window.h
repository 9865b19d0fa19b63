#pragma once

#include <cstddef>
#include <deque>

#include <wsm/types.h>

namespace wsm::venue {

/// Counts what happened in the last `window`, wherever that window begins: no two neighbouring
/// calendar seconds can hold twice the limit between them.
class RollingWindow {
 public:
  RollingWindow(std::size_t limit, Duration window) : limit_(limit), window_(window) {}

  /// Counts one more at `now`; false when it is one too many, and is then not counted.
  [[nodiscard]] bool admit(Duration now) {
    while (!admitted_.empty() && now - admitted_.front() >= window_) admitted_.pop_front();
    if (admitted_.size() >= limit_) return false;
    admitted_.push_back(now);
    return true;
  }

 private:
  std::size_t limit_;
  Duration window_;
  std::deque<Duration> admitted_;
};

}  // namespace wsm::venue
