#include "io/event_loop.h"

#include <mutex>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/assert.h"
#include "io/steady_clock.h"

namespace wsm::io {

namespace asio = boost::asio;

struct LoopPoster::Gate {
  std::mutex mutex;
  asio::io_context* context = nullptr;  ///< Null once the loop is gone. Guarded by `mutex`.
  std::exception_ptr failure;           ///< Guarded by `mutex`.
};

struct EventLoop::State {
  // The hint says that one thread runs the loop, so that work which it posts to itself needs no
  // lock; others may still post.
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  asio::steady_timer timer{context};
};

void LoopPoster::post(std::function<void()> task) const {
  const std::lock_guard lock{gate_->mutex};
  if (gate_->context != nullptr) asio::post(*gate_->context, std::move(task));
}

void LoopPoster::fail(std::exception_ptr why) const noexcept {
  const std::lock_guard lock{gate_->mutex};
  if (gate_->context == nullptr || gate_->failure) return;
  gate_->failure = std::move(why);
  gate_->context->stop();
}

EventLoop::EventLoop()
    : state_(std::make_unique<State>()), gate_(std::make_shared<LoopPoster::Gate>()) {
  gate_->context = &state_->context;
}

EventLoop::~EventLoop() {
  const std::lock_guard lock{gate_->mutex};
  gate_->context = nullptr;
}

void EventLoop::run() {
  state_->context.run();
  const std::lock_guard lock{gate_->mutex};
  if (gate_->failure) std::rethrow_exception(gate_->failure);
}

void EventLoop::stop() { state_->context.stop(); }

void EventLoop::post(std::function<void()> task) { asio::post(state_->context, std::move(task)); }

LoopPoster EventLoop::poster() const { return LoopPoster{gate_}; }

void EventLoop::on_alarm(std::function<void()> handler) { on_alarm_ = std::move(handler); }

void EventLoop::set_alarm(std::optional<TimePoint> deadline) {
  WSM_ASSERT(on_alarm_ != nullptr);
  if (deadline == alarm_) return;
  alarm_ = deadline;
  if (!deadline || (armed_ && *armed_ <= *deadline)) return;
  arm(*deadline);
}

bool EventLoop::is_current() const {
  return state_->context.get_executor().running_in_this_thread();
}

asio::io_context& EventLoop::context() { return state_->context; }

void EventLoop::arm(TimePoint deadline) {
  armed_ = deadline;
  state_->timer.expires_at(to_system(deadline));
  state_->timer.async_wait([this, deadline](const boost::system::error_code& error) {
    // A wait that another replaced may have been over already when it was replaced.
    if (!error && armed_ == deadline) handle_timer();
  });
}

void EventLoop::handle_timer() {
  armed_.reset();
  if (!alarm_) return;
  if (now() < *alarm_) return arm(*alarm_);
  alarm_.reset();
  on_alarm_();
}

}  // namespace wsm::io
