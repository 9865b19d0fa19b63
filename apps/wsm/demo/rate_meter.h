#pragma once

#include <cstdint>
#include <deque>

#include <wsm/types.h>

namespace wsm::demo {

/// The rate of a counter over about the last second.
class RateMeter {
 public:
  /// Notes that the counter stands at `count` now, and returns the rate; 0 at first.
  double add(Duration now, std::uint64_t count) {
    samples_.push_back({now, count});
    // The oldest one that is kept is the last before the window, so that the window is full.
    while (samples_.size() > 2 && now - samples_[1].at >= kWindow) samples_.pop_front();
    const Sample& oldest = samples_.front();
    const double seconds = std::chrono::duration<double>(now - oldest.at).count();
    return seconds > 0 ? static_cast<double>(count - oldest.count) / seconds : 0;
  }

 private:
  static constexpr Duration kWindow = std::chrono::seconds{1};

  struct Sample {
    Duration at;
    std::uint64_t count;
  };

  std::deque<Sample> samples_;
};

}  // namespace wsm::demo
