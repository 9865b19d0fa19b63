#include "tail/stop_notice.h"

#include <utility>

namespace wsm::tail {

StopNotice::StopNotice(Duration delay, std::function<void()> say) {
  if (delay <= Duration::zero()) {
    say();
    return;
  }
  thread_ = std::thread{[this, delay, say = std::move(say)] {
    std::unique_lock lock{mutex_};
    const auto is_over = [this] { return is_over_; };
    if (over_.wait_for(lock, delay, is_over)) return;
    say();
    over_.wait(lock,
               is_over);  // _exit() may come first: TSan calls a thread leaked that has ended.
  }};
}

StopNotice::~StopNotice() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock{mutex_};
    is_over_ = true;
  }
  over_.notify_one();
  thread_.join();
}

}  // namespace wsm::tail
