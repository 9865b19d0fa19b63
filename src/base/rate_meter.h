#pragma once

#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>

#include "base/time.h"

namespace wsm {

/// The rate of something that is only counted, over about the last kMemory: an exponential average
/// of the rates between two looks at the count.
///
/// Cost: is_due() is a comparison; handle_count() takes an exponential, once in kTick.
class RateMeter {
 public:
  static constexpr Duration kMemory = std::chrono::seconds{10};
  static constexpr Duration kTick = std::chrono::seconds{1};

  // Inputs.
  /// Whether it is time to tell the count again.
  [[nodiscard]] bool is_due(TimePoint now) const {
    return !counted_at_ || now - *counted_at_ >= kTick;
  }
  /// So many since the beginning; it only grows. The first one is where the rate begins.
  void handle_count(std::uint64_t count, TimePoint now) {
    if (counted_at_ == now) return;
    if (counted_at_) rate_ = per_second(count, now);
    count_ = count;
    counted_at_ = now;
  }

  // Getters.
  /// As if `count` were told now.
  [[nodiscard]] double per_second(std::uint64_t count, TimePoint now) const {
    if (!counted_at_ || now <= *counted_at_) return rate_.value_or(0);
    const double seconds = std::chrono::duration<double>(now - *counted_at_).count();
    const double latest = static_cast<double>(count - count_) / seconds;
    constexpr double kMemorySeconds = std::chrono::duration<double>(kMemory).count();
    return latest + (rate_.value_or(latest) - latest) * std::exp(-seconds / kMemorySeconds);
  }

 private:
  std::optional<double> rate_;  // None before the second look.
  std::uint64_t count_ = 0;
  std::optional<TimePoint> counted_at_;
};

}  // namespace wsm
