#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "base/time.h"

namespace wsm {

/// One optional deadline for each enumerator of `Timer`, which ends with kCount.
///
/// No callbacks: the owner asks take_expired() in its handle_timeout().
template <class Timer>
class DeadlineTable {
 public:
  void set(Timer timer, TimePoint deadline) { deadlines_[index(timer)] = deadline; }
  void clear(Timer timer) { deadlines_[index(timer)].reset(); }
  void clear_all() { deadlines_.fill(std::nullopt); }

  [[nodiscard]] bool is_set(Timer timer) const { return deadlines_[index(timer)].has_value(); }
  [[nodiscard]] std::optional<TimePoint> at(Timer timer) const { return deadlines_[index(timer)]; }

  /// True once when `timer` is due at `now`; it is cleared by that.
  [[nodiscard]] bool take_expired(Timer timer, TimePoint now) {
    auto& deadline = deadlines_[index(timer)];
    if (!deadline || now < *deadline) return false;
    deadline.reset();
    return true;
  }

  /// Stops `timer` and returns how long it still had, zero if it is overdue; none when not set.
  [[nodiscard]] std::optional<Duration> take_left(Timer timer, TimePoint now) {
    auto& deadline = deadlines_[index(timer)];
    if (!deadline) return std::nullopt;
    const Duration left = std::max(*deadline - now, Duration::zero());
    deadline.reset();
    return left;
  }

  /// The earliest deadline.
  [[nodiscard]] std::optional<TimePoint> next() const {
    std::optional<TimePoint> earliest;
    for (const auto& deadline : deadlines_) {
      if (deadline && (!earliest || *deadline < *earliest)) earliest = deadline;
    }
    return earliest;
  }

 private:
  static constexpr std::size_t kSize = static_cast<std::size_t>(Timer::kCount);
  static constexpr std::size_t index(Timer timer) { return static_cast<std::size_t>(timer); }

  std::array<std::optional<TimePoint>, kSize> deadlines_{};
};

/// The earlier of two deadlines, either of which may be absent.
[[nodiscard]] inline std::optional<TimePoint> earliest(std::optional<TimePoint> a,
                                                       std::optional<TimePoint> b) {
  if (!a) return b;
  if (!b) return a;
  return std::min(*a, *b);
}

}  // namespace wsm
