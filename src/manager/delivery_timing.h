#pragma once

#include <mutex>

#include <wsm/metrics.h>

#include "base/time.h"

namespace wsm {

/// How long messages waited and were handled.
///
/// The delivery thread notes them without a lock and shares what it has noted now and then, both
/// distributions at once, so that they speak of the same messages.
class DeliveryTiming {
 public:
  /// Both distributions, as of one instant.
  struct Distributions {
    Distribution queue_wait;
    Distribution handler_time;
  };

  // The delivery thread.
  void add(Duration wait, Duration handling, TimePoint now) {
    noted_.queue_wait.add(wait);
    noted_.handler_time.add(handling);
    if (now - shared_at_ >= kInterval) share(now);
  }
  void share(TimePoint now) {
    shared_at_ = now;
    if (noted_.queue_wait.count == 0) return;
    {
      const std::lock_guard lock{mutex_};
      shared_.queue_wait.merge(noted_.queue_wait);
      shared_.handler_time.merge(noted_.handler_time);
    }
    noted_ = {};
  }

  // Any thread.
  [[nodiscard]] Distributions read() const {
    const std::lock_guard lock{mutex_};
    return shared_;
  }

 private:
  static constexpr Duration kInterval = std::chrono::milliseconds{10};

  Distributions noted_;  // The delivery thread's.
  TimePoint shared_at_{};
  mutable std::mutex mutex_;  // Guards shared_.
  Distributions shared_;
};

}  // namespace wsm
