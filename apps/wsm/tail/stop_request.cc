#include "tail/stop_request.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstdint>
#include <utility>

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace wsm::tail {
namespace {

constexpr std::array kSignals{SIGINT, SIGTERM};

// What the signal handler may look at.
std::atomic<int> asked_descriptor = -1;
std::atomic<int> signals_seen = 0;
static_assert(std::atomic<int>::is_always_lock_free);

void make_readable(int descriptor) {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(descriptor, &one, sizeof one);
}

void handle_signal(int) {
  const int saved_errno = errno;
  if (signals_seen.fetch_add(1) > 0) _exit(static_cast<int>(ExitCode::kInterrupted));
  make_readable(asked_descriptor);
  errno = saved_errno;
}

void set_signal_handler(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (const int signal : kSignals) sigaction(signal, &action, nullptr);
}

// For poll(): rounded up, so that it never wakes up too early; a day at most.
int milliseconds_until(std::chrono::steady_clock::time_point deadline) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  constexpr std::chrono::milliseconds kDay = std::chrono::hours{24};
  return static_cast<int>(std::clamp(left, std::chrono::milliseconds{0}, kDay).count());
}

}  // namespace

StopRequest::StopRequest() : asked_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  signals_seen = 0;
  asked_descriptor = asked_;
  set_signal_handler(handle_signal);
}

StopRequest::~StopRequest() {
  set_signal_handler(SIG_DFL);
  close(asked_);
}

void StopRequest::ask(Ending ending) {
  const std::lock_guard lock{mutex_};
  if (ending_) return;
  ending_ = std::move(ending);
  make_readable(asked_);
}

Ending StopRequest::wait(std::optional<Duration> limit) {
  const auto start = std::chrono::steady_clock::now();
  pollfd asked{asked_, POLLIN, 0};
  for (;;) {
    const int timeout = limit ? milliseconds_until(start + *limit) : -1;
    const int ready = poll(&asked, 1, timeout);
    if (ready > 0 || (ready == 0 && milliseconds_until(start + *limit) == 0)) break;
  }
  const std::lock_guard lock{mutex_};
  if (!ending_) ending_ = Ending{};
  return *ending_;
}

}  // namespace wsm::tail
