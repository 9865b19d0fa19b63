#include "tail/stop_request.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <climits>
#include <cstdint>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace wsm::tail {
namespace {

// What the signal handler may look at.
std::atomic<int> asked_descriptor = -1;
static_assert(std::atomic<int>::is_always_lock_free);

void make_readable(int descriptor) {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(descriptor, &one, sizeof one);
}

// For poll(): rounded up, so that it never wakes up too early; a day at most.
int milliseconds_until(std::chrono::steady_clock::time_point deadline) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  constexpr std::chrono::milliseconds kDay = std::chrono::hours{24};
  return static_cast<int>(std::clamp(left, std::chrono::milliseconds{0}, kDay).count());
}

}  // namespace

// The signal handler needs the descriptor, so the signals come after it and go before it.
StopRequest::StopRequest() : asked_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  asked_descriptor = asked_;
  signals_.emplace([] { make_readable(asked_descriptor); }, do_nothing);
}

StopRequest::~StopRequest() {
  signals_.reset();
  close(asked_);
}

void StopRequest::ask(Ending ending) {
  const std::lock_guard lock{mutex_};
  if (ending_) return;
  ending_ = std::move(ending);
  make_readable(asked_);
}

std::optional<Ending> StopRequest::wait(std::optional<Duration> limit) {
  const auto start = std::chrono::steady_clock::now();
  pollfd asked{asked_, POLLIN, 0};
  for (;;) {
    const int timeout = limit ? milliseconds_until(start + *limit) : -1;
    const int ready = poll(&asked, 1, timeout);
    if (ready > 0) break;
    if (ready == 0 && milliseconds_until(start + *limit) == 0) return std::nullopt;
  }
  const std::lock_guard lock{mutex_};
  if (!ending_) ending_ = Ending{};  // It was a signal.
  return ending_;
}

}  // namespace wsm::tail
