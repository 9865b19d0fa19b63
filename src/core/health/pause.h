#pragma once

#include <algorithm>
#include <chrono>

#include "base/time.h"

namespace wsm {

/// While nothing is read, by our own choice, whatever waits for something to be read stands still,
/// and goes on with the time that it had left: a handler that falls behind again and again must not
/// keep a dead connection from being found. What was overdue gets this much, to read what has been
/// lying in the socket.
inline constexpr Duration kReadingTime = std::chrono::milliseconds{100};

/// A time in which nothing was read, and which has just ended.
struct StandingStill {
  Duration lasted;
  TimePoint now;

  /// The same for something that is waited for since then, with `patience`: as if it had been asked
  /// for so much later, but not after `now`.
  [[nodiscard]] TimePoint put_off(TimePoint since, Duration patience) const {
    return std::min(std::max(since + lasted, now + kReadingTime - patience), now);
  }
};

}  // namespace wsm
