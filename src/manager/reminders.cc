#include "manager/reminders.h"

#include <exception>
#include <utility>

namespace wsm {

Reminders::~Reminders() {
  {
    const std::lock_guard lock{mutex_};
    is_over_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Reminders::add(Clock::time_point at, std::function<void()> task) {
  std::unique_lock lock{mutex_};
  if (!thread_.joinable()) {
    try {
      thread_ = std::thread{[this] { work(); }};
    } catch (const std::exception&) {  // There is none left, or no memory for it.
      lock.unlock();
      return task();
    }
  }
  tasks_.emplace(at, std::move(task));
  changed_.notify_one();
}

void Reminders::work() {
  std::unique_lock lock{mutex_};
  while (!is_over_) {
    if (tasks_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const Clock::time_point next = tasks_.begin()->first;
    if (Clock::now() < next) {
      changed_.wait_until(lock, next);
      continue;
    }
    const auto due = tasks_.extract(tasks_.begin());
    lock.unlock();
    due.mapped()();
    lock.lock();
  }
}

}  // namespace wsm
