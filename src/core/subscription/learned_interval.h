#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

#include "base/time.h"
#include "core/subscription/per_subscription.h"

namespace wsm {

/// How long one subscription may be silent.
struct SilenceLimits {
  std::optional<Duration> longest = {};         ///< None: only what has been learned counts.
  std::optional<std::uint32_t> intervals = {};  ///< None: nothing is learned.

  [[nodiscard]] bool are_set() const { return longest || intervals; }
};

/// Learns how long it takes from one message of a subscription to the next, as seen from any
/// instant: an exponential average in which each interval weighs as much as it is long.
///
/// A plain average over messages would be ruled by bursts: of a hundred messages at once and a
/// minute of silence, 99 intervals say that a second is too long. Weighed by time they
/// say a minute.
///
/// A silence as long as its time-out counts for a few intervals only: it may have been a fault, and
/// what a fault teaches must soon be forgotten. A feed that is only slower than before is learned
/// within a few alarms.
///
/// Cost of add(): a dozen instructions. Memory: 16 bytes.
class LearnedInterval {
 public:
  static constexpr std::uint32_t kIntervalsMin = 8;  ///< Before them nothing is known.
  /// Networks and garbage collectors take as long.
  static constexpr Duration kShortest = std::chrono::seconds{1};

  void add(Duration interval, const SilenceLimits& limits);

  /// The silence that is too long; none while it is not known.
  [[nodiscard]] std::optional<Duration> timeout(const SilenceLimits& limits) const;
  [[nodiscard]] Duration mean() const { return Duration{static_cast<Duration::rep>(mean_)}; }

 private:
  static constexpr double kMemory = 8;      // Time constant, in mean intervals.
  static constexpr double kSilenceMax = 4;  // What a silence beyond the time-out counts for.

  [[nodiscard]] bool is_known() const { return count_ >= kIntervalsMin; }

  double mean_ = 0;  // Nanoseconds.
  std::uint32_t count_ = 0;
};

/// What has been learned of each subscription. It outlives the connections, or whatever is slow
/// would have to be learned anew after each reconnect.
using LearnedIntervals = PerSubscription<LearnedInterval>;

}  // namespace wsm
