#include "demo/interrupt.h"

#include <array>
#include <atomic>
#include <cstdint>

#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "demo/screen.h"
#include "exit_code.h"

namespace wsm::demo {
namespace {

constexpr std::array kSignals{SIGINT, SIGTERM};

// Wrappers such as timeout(1) signal the process and then its group: one wish, two signals.
constexpr std::int64_t kSameWishNanoseconds = 500'000'000;

// When the first signal came, on the monotonic clock; 0 before.
std::atomic<std::int64_t> requested_at = 0;
static_assert(std::atomic<std::int64_t>::is_always_lock_free);

std::int64_t now_in_nanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);  // Async-signal-safe, unlike std::chrono by its letter.
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

void handle_signal(int) {
  const std::int64_t now = now_in_nanoseconds();
  std::int64_t first = 0;
  if (requested_at.compare_exchange_strong(first, now)) return;
  if (now - first < kSameWishNanoseconds) return;
  restore_terminal();
  _exit(static_cast<int>(ExitCode::kInterrupted));
}

void set_signal_handler(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (const int signal : kSignals) sigaction(signal, &action, nullptr);
}

}  // namespace

Interrupt::Interrupt() {
  requested_at = 0;
  set_signal_handler(handle_signal);
}

Interrupt::~Interrupt() { set_signal_handler(SIG_DFL); }

bool Interrupt::was_requested() const { return requested_at != 0; }

}  // namespace wsm::demo
