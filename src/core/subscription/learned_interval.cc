#include "core/subscription/learned_interval.h"

namespace wsm {

void LearnedInterval::add(Duration interval, const SilenceLimits& limits) {
  if (interval <= Duration::zero()) return;
  double length = static_cast<double>(interval.count());
  if (is_known() && interval >= *timeout(limits)) {
    const double shortest = static_cast<double>(kShortest.count());
    length = std::min(length, std::max(kSilenceMax * mean_, shortest));
  }
  if (count_ == 0) mean_ = length;
  mean_ += (length - mean_) * length / (length + kMemory * mean_);
  if (!is_known()) ++count_;
}

std::optional<Duration> LearnedInterval::timeout(const SilenceLimits& limits) const {
  if (!limits.intervals || !is_known()) return limits.longest;
  // Bounded before it becomes a number of nanoseconds again, which a year is far from exceeding.
  constexpr Duration kLongest = std::chrono::hours{24 * 365};
  const double longest = static_cast<double>(limits.longest.value_or(kLongest).count());
  const double shortest = static_cast<double>(kShortest.count());
  const double learned = std::max(static_cast<double>(*limits.intervals) * mean_, shortest);
  return Duration{static_cast<Duration::rep>(std::min(learned, longest))};
}

}  // namespace wsm
