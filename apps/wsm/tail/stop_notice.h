#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include <wsm/types.h>

namespace wsm::tail {

/// Says something unless it has gone before `delay` is over; at once, and in the caller's thread,
/// without a delay.
class StopNotice {
 public:
  StopNotice(Duration delay, std::function<void()> say);
  StopNotice(const StopNotice&) = delete;
  StopNotice& operator=(const StopNotice&) = delete;
  ~StopNotice();

 private:
  std::mutex mutex_;
  std::condition_variable over_;
  bool is_over_ = false;
  std::thread thread_;
};

}  // namespace wsm::tail
