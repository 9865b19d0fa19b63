#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>

#include "manager/patience.h"

namespace wsm::testing {

/// Holds up every thread that passes, until it is opened: a hook that hangs for as long as a test
/// likes. Shared by the test and the hook, which may outlive the test.
class Gate {
 public:
  void pass() {
    std::unique_lock lock{mutex_};
    ++arrived_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return is_open_; });
  }

  void open() {
    const std::lock_guard lock{mutex_};
    is_open_ = true;
    changed_.notify_all();
  }

  /// Whether `count` threads have come to the gate, within kPatience.
  [[nodiscard]] bool wait_for_arrival(std::size_t count = 1) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, kPatience, [&] { return arrived_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t arrived_ = 0;
  bool is_open_ = false;
};

}  // namespace wsm::testing
