#pragma once

#include <chrono>
#include <cstdint>
#include <type_traits>

#include <wsm/types.h>

namespace wsm {

/// The core's clock: monotonic, and unreadable from inside the core.
///
/// It has no now(). Time enters the core only as an argument, so that any decision can be replayed
/// from a log of inputs. io/steady_clock.h is the one place that turns the system's clock into
/// this.
struct CoreClock {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = std::chrono::duration<rep, period>;
  using time_point = std::chrono::time_point<CoreClock>;
  static constexpr bool is_steady = true;
};

using TimePoint = CoreClock::time_point;
static_assert(std::is_same_v<CoreClock::duration, Duration>);

}  // namespace wsm
