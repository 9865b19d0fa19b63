#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string_view>

#include <wsm/types.h>

namespace wsm {

/// What a signal that asks for the end means, after those before it.
enum class StopWish : std::uint8_t {
  kFirst,   ///< Come to the end in good order.
  kSame,    ///< The first, told twice.
  kSecond,  ///< End on the spot.
};

[[nodiscard]] constexpr std::string_view to_string(StopWish wish) {
  switch (wish) {
    case StopWish::kFirst: return "first";
    case StopWish::kSame: return "same";
    case StopWish::kSecond: return "second";
  }
  return "unknown";
}

/// Tells a second wish from one that came as two signals. Async-signal-safe.
class StopWishes {
 public:
  /// Wrappers such as timeout(1) signal the process and then its group: one wish, two signals.
  static constexpr Duration kSameWish = std::chrono::milliseconds{500};

  /// Takes a signal that came `now`, on a clock that is never at zero.
  [[nodiscard]] StopWish note(Duration now) {
    Duration::rep first = 0;
    if (first_.compare_exchange_strong(first, now.count())) return StopWish::kFirst;
    return now - Duration{first} < kSameWish ? StopWish::kSame : StopWish::kSecond;
  }

  void forget() { first_ = 0; }
  [[nodiscard]] bool has_come() const { return first_ != 0; }

 private:
  std::atomic<Duration::rep> first_ = 0;  // When the first signal came; 0 before.
  static_assert(std::atomic<Duration::rep>::is_always_lock_free);
};

}  // namespace wsm
