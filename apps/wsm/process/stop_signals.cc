#include "process/stop_signals.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>

#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "exit_code.h"
#include "process/stop_wish.h"

namespace wsm {
namespace {

constexpr std::array kSignals{SIGINT, SIGTERM};

// What the signal handler may look at.
StopWishes wishes;
std::atomic<StopSignals::Reaction> react_to_first = do_nothing;
std::atomic<StopSignals::Reaction> react_before_exit = do_nothing;
static_assert(std::atomic<StopSignals::Reaction>::is_always_lock_free);

Duration monotonic_now() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);  // Async-signal-safe, unlike std::chrono by its letter.
  return std::chrono::seconds{now.tv_sec} + Duration{now.tv_nsec};
}

void handle_signal(int) {
  const int saved_errno = errno;
  switch (wishes.note(monotonic_now())) {
    case StopWish::kFirst: react_to_first.load()(); break;
    case StopWish::kSame: break;
    case StopWish::kSecond:
      react_before_exit.load()();
      _exit(static_cast<int>(ExitCode::kInterrupted));
  }
  errno = saved_errno;
}

void set_signal_handler(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (const int signal : kSignals) sigaction(signal, &action, nullptr);
}

}  // namespace

StopSignals::StopSignals(Reaction on_first, Reaction before_exit) {
  wishes.forget();
  react_to_first = on_first;
  react_before_exit = before_exit;
  set_signal_handler(handle_signal);
}

StopSignals::~StopSignals() { set_signal_handler(SIG_DFL); }

bool StopSignals::have_come() const { return wishes.has_come(); }

}  // namespace wsm
