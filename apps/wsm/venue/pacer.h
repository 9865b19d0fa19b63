#pragma once

#include <algorithm>
#include <cstdint>

#include <wsm/types.h>

namespace wsm::venue {

/// Turns a rate into how many messages are due whenever somebody looks.
///
/// After a pause of the whole process it catches up with at most kDebtMax worth of messages and
/// forgets the rest: a burst of seconds would test the sockets instead of the library.
class Pacer {
 public:
  explicit Pacer(std::uint64_t per_second) : per_second_(per_second) {}

  /// How many are due between the last call and `now`.
  [[nodiscard]] std::uint64_t due(Duration now) {
    const Duration elapsed = std::min(now - last_, kDebtMax);
    last_ = now;
    // The rest of the division is carried over, or a slow rate would never come to one message.
    carried_ += static_cast<std::uint64_t>(std::max(elapsed, Duration{}).count()) * per_second_;
    const std::uint64_t messages = carried_ / kSecond;
    carried_ %= kSecond;
    return messages;
  }

 private:
  static constexpr Duration kDebtMax = std::chrono::milliseconds{100};
  static constexpr std::uint64_t kSecond = 1'000'000'000;

  std::uint64_t per_second_;
  std::uint64_t carried_ = 0;  // Messages times nanoseconds, less than one message.
  Duration last_{};
};

}  // namespace wsm::venue
