// The I/O thread from its beginning to its end, which may be an exception.
//
// Whatever escapes a turn, std::bad_alloc as a rule, leaves the core in no state to go on with. It
// is not asked anything any more. What still has to happen needs no memory, or does without.

#include <array>
#include <cstdio>
#include <utility>

#include "io/steady_clock.h"
#include "manager/engine_impl.h"
#include "manager/hook_guard.h"
#include "manager/refusals.h"

namespace wsm {
namespace {

std::string words_of(const std::exception_ptr& failure) noexcept {
  return call_guarded([&] { std::rethrow_exception(failure); }).error();
}

}  // namespace

void EngineImpl::live() noexcept {
  try {
    loop_.run();
  } catch (...) {
    return break_down(std::current_exception());
  }
  keep_metrics();
  end_loop();
}

/// What is read of them later, they do without if there is no memory.
void EngineImpl::keep_metrics() noexcept {
  try {
    auto last = measure(io::now());
    const std::lock_guard lock{mutex_};
    last_metrics_ = std::move(last);
  } catch (...) {
    return;
  }
}

void EngineImpl::end_loop() noexcept {
  const std::lock_guard lock{mutex_};
  is_loop_over_ = true;
  changed_.notify_all();
}

void EngineImpl::break_down(const std::exception_ptr& failure) noexcept {
  is_running_.store(false, std::memory_order_release);
  driver_.abandon();
  connects_.leave();
  const bool was_stopped = [this] {
    const std::lock_guard lock{mutex_};
    is_broken_ = true;
    return is_stopped_;
  }();
  end_loop();  // Before the handler hears of it, whose commands are to be refused by then.
  if (was_stopped) return;  // It has heard the last already.
  event::BrokeDown end{words_of(failure)};
  std::array<char, 256> line{};
  std::snprintf(line.data(), line.size(), "the manager has broken down: %s", end.why.c_str());
  log_.log(LogLevel::kError, line.data());
  delivery_.break_off(Event{std::chrono::system_clock::now(), std::move(end)});
}

/// For who is told of an exception by the hook that it comes through, and not by the turn.
void EngineImpl::rethrow_failure() const {
  if (failure_) std::rethrow_exception(failure_);
}

/// Nested in a turn, what this throws goes to a hook, which may well catch it.
void EngineImpl::take_turn(const Tell& tell) const {
  try {
    driver_.run_turn(tell);
  } catch (...) {
    failure_ = std::current_exception();
    std::rethrow_exception(failure_);
  }
}

bool EngineImpl::is_broken() const {
  if (loop_.is_current()) return failure_ != nullptr;
  const std::lock_guard lock{mutex_};
  return is_broken_;
}

/// The loop is over, and with it the one thread that commands run on.
void EngineImpl::run_without_loop(const std::function<void(detail::Commands&)>& job) {
  const std::lock_guard lock{last_commands_};
  Refusals refusals;
  is_broken() ? job(refusals) : job(*this);
}

}  // namespace wsm
