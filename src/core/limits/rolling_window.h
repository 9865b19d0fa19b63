#pragma once

#include <cstddef>
#include <vector>

#include "base/time.h"

namespace wsm {

/// At most `count` events in any interval of `length`, wherever it begins.
///
/// Intervals are half-open: of two events that are exactly `length` apart, no interval holds both.
/// So the event after `count` others may happen at the instant at which the first of them is
/// `length` old, not a nanosecond before. A fixed grid would not do: a server that counts from
/// elsewhere sees up to twice as many.
///
/// Cost: O(1) for each question; memory for `count` time points at most, taken as they come.
class RollingWindow {
 public:
  struct Options {
    std::size_t count = 1;  ///< More than zero.
    Duration length{};
    Duration spacing{};  ///< Between two events, at least.

    friend bool operator==(const Options&, const Options&) = default;
  };

  explicit RollingWindow(const Options& options);

  /// The first instant, not before `now`, at which an event may happen that leaves `spare` others
  /// room in the same interval. `spare` is less than `count`.
  [[nodiscard]] TimePoint earliest(TimePoint now, std::size_t spare = 0) const;
  /// The same, whenever it was or will be.
  [[nodiscard]] TimePoint earliest() const { return earliest(TimePoint::min()); }
  [[nodiscard]] bool allows(TimePoint now) const { return earliest(now) == now; }

  /// An event happens. Only when it may.
  void take(TimePoint now);
  /// The last `events` happen now, later than they were taken for.
  void postpone(std::size_t events, TimePoint now);

  [[nodiscard]] std::size_t count() const { return options_.count; }

 private:
  [[nodiscard]] std::size_t index_of_last(std::size_t nth) const;

  const Options options_;
  std::vector<TimePoint> times_;  // A ring of the last `count` events.
  std::size_t newest_ = 0;        // Where the last one is.
};

}  // namespace wsm
