#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include <wsm/types.h>

namespace wsm::io {

/// Threads for calls that may block: name look-ups and the hooks that are allowed to.
///
/// A thread is made when a job finds none idle, up to a maximum, and then stays. Jobs start in the
/// order in which they were given.
class BlockingPool {
 public:
  static constexpr std::size_t kJobsMax = 100'000;

  explicit BlockingPool(std::size_t threads_max);
  /// Shuts down without waiting for jobs that run.
  ~BlockingPool();
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;

  /// Runs `job` on a thread of the pool. What it throws is swallowed: jobs report by themselves.
  ///
  /// Returns false if the job will never run: after shut_down(), if the system gives no thread, or
  /// if kJobsMax wait already, which are all threads hung.
  /// Lifetime: a job may outlive the pool if it hangs (see shut_down), so it must own what it uses.
  /// Threads: any; never blocks.
  [[nodiscard]] bool run(std::function<void()> job);

  /// Takes no more jobs, drops those that have not started, and waits for the others, at most until
  /// `patience` is over. Threads that hang on are left to themselves; they end with their job.
  ///
  /// Returns whether all have ended. A second call returns at once. Needs no memory.
  bool shut_down(Duration patience);

 private:
  struct State;
  static void work(const std::shared_ptr<State>& state, std::size_t index);

  const std::size_t threads_max_;
  std::shared_ptr<State> state_;
};

}  // namespace wsm::io
