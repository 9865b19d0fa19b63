#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace wsm {

/// Runs tasks later, on a thread of its own, which begins with the first of them. The alarm of the
/// I/O thread is set by its turns; this is for what other threads want of it later.
///
/// Threads: any; must not be destroyed by a task.
class Reminders {
 public:
  using Clock = std::chrono::steady_clock;

  Reminders() = default;
  /// Drops what is not due yet.
  ~Reminders();
  Reminders(const Reminders&) = delete;
  Reminders& operator=(const Reminders&) = delete;

  /// Runs `task` at `at` or soon after it; tasks must be short, and not throw. Runs it at once, on
  /// the calling thread, if the system gives no thread.
  void add(Clock::time_point at, std::function<void()> task);

 private:
  void work();

  std::mutex mutex_;  // Guards what follows.
  std::condition_variable changed_;
  std::multimap<Clock::time_point, std::function<void()>> tasks_;
  bool is_over_ = false;
  std::thread thread_;
};

}  // namespace wsm
