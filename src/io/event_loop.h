#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "base/time.h"

namespace boost::asio {
class io_context;
}

namespace wsm::io {

/// Hands work to a loop that may be gone by then. Cheap to copy.
///
/// For threads that nobody can wait for, such as one that hangs in a name look-up.
class LoopPoster {
 public:
  /// Runs `task` on the loop's thread; drops it if the loop has been destroyed.
  /// Threads: any; never blocks.
  void post(std::function<void()> task) const;

  /// Makes run() throw `why`, soon; nothing that was posted runs any more. The first time counts.
  /// Needs no memory: it is for who has none left to say anything else with.
  /// Threads: any; never blocks.
  void fail(std::exception_ptr why) const noexcept;

  /// Runs `job`, here and now; fails the loop with what it throws. For threads on which nobody
  /// could catch it, and whose word the loop cannot do without.
  template <class Job>
  void run_or_fail(Job&& job) const noexcept {
    try {
      std::forward<Job>(job)();
    } catch (...) {
      fail(std::current_exception());
    }
  }

 private:
  friend class EventLoop;
  struct Gate;
  explicit LoopPoster(std::shared_ptr<Gate> gate) : gate_(std::move(gate)) {}

  std::shared_ptr<Gate> gate_;
};

/// The one thread on which sockets are waited for, and its one alarm.
///
/// Lifetime: outlives every transport and timer that uses it. Tasks that have not run when it is
/// destroyed are destroyed with it.
class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  /// Runs tasks, sockets and the alarm until stop(). The thread that calls it is the loop's thread.
  /// Once stopped it cannot be run again. Throws what a task of it throws, and what
  /// LoopPoster::fail was given; it is over then, too.
  void run();

  /// Makes run() return soon. What is posted but has not run is not run any more.
  /// Threads: any; never blocks.
  void stop();

  /// Runs `task` on the loop's thread, in the order of the calls, never inside this call.
  /// Threads: any; never blocks.
  void post(std::function<void()> task);

  /// The same for those who may outlive the loop.
  [[nodiscard]] LoopPoster poster() const;

  /// What the alarm calls. To be set before the first set_alarm().
  void on_alarm(std::function<void()> handler);

  /// Calls the alarm handler once, from the loop, at `deadline` or soon after it; empty: never.
  /// Replaces the deadline before.
  ///
  /// Cost: nothing where the deadline stays or moves away from now, as those of living connections
  /// do with every message: the timer of the system then goes off early, once, and is set anew.
  void set_alarm(std::optional<TimePoint> deadline);

  /// Whether the caller is inside run(), on the loop's thread. Threads: any.
  [[nodiscard]] bool is_current() const;

  /// For sockets and timers.
  [[nodiscard]] boost::asio::io_context& context();

 private:
  struct State;
  void arm(TimePoint deadline);
  void handle_timer();

  std::unique_ptr<State> state_;
  std::shared_ptr<LoopPoster::Gate> gate_;
  std::function<void()> on_alarm_;
  std::optional<TimePoint> alarm_;  ///< When the handler is to be called.
  std::optional<TimePoint> armed_;  ///< When the timer goes off; not after alarm_.
};

}  // namespace wsm::io
