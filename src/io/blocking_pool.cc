#include "io/blocking_pool.h"

#include <algorithm>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "io/steady_clock.h"

namespace wsm::io {

/// Shared with the threads, so that one which hangs can outlive the pool. All guarded by `mutex`.
struct BlockingPool::State {
  struct Worker {
    std::thread thread;
    bool has_ended = false;
  };

  [[nodiscard]] bool have_all_ended() const {
    return std::ranges::all_of(workers, &Worker::has_ended);
  }

  std::mutex mutex;
  std::condition_variable work_or_end;
  std::condition_variable worker_ended;
  std::list<std::function<void()>> jobs;  // Needs no memory to be emptied, unlike a deque.
  std::vector<Worker> workers;
  std::size_t idle = 0;
  bool is_shut_down = false;
};

BlockingPool::BlockingPool(std::size_t threads_max)
    : threads_max_(threads_max), state_(std::make_shared<State>()) {
  WSM_ASSERT(threads_max > 0);
  state_->workers.reserve(threads_max);
}

BlockingPool::~BlockingPool() { shut_down(Duration::zero()); }

bool BlockingPool::run(std::function<void()> job) {
  const std::lock_guard lock{state_->mutex};
  if (state_->is_shut_down || state_->jobs.size() >= kJobsMax) return false;
  state_->jobs.push_back(std::move(job));

  // A thread that was woken counts as idle until it has taken its job, so compare with the queue.
  auto& workers = state_->workers;
  if (state_->idle < state_->jobs.size() && workers.size() < threads_max_) {
    workers.emplace_back();
    try {
      workers.back().thread = std::thread{&BlockingPool::work, state_, workers.size() - 1};
    } catch (const std::exception&) {  // There is none left, or no memory for it.
      workers.pop_back();
      if (workers.empty()) {
        state_->jobs.pop_back();
        return false;
      }
    }
  }
  state_->work_or_end.notify_one();
  return true;
}

void BlockingPool::work(const std::shared_ptr<State>& state, std::size_t index) {
  std::unique_lock lock{state->mutex};
  while (true) {
    ++state->idle;
    state->work_or_end.wait(lock, [&] { return state->is_shut_down || !state->jobs.empty(); });
    --state->idle;
    if (state->is_shut_down) break;

    auto job = std::move(state->jobs.front());
    state->jobs.pop_front();
    lock.unlock();
    try {
      job();
    } catch (...) {
      // An exception that left the thread would end the process of our user.
    }
    job = nullptr;
    lock.lock();
  }
  state->workers[index].has_ended = true;
  state->worker_ended.notify_all();
}

bool BlockingPool::shut_down(Duration patience) {
  std::list<std::function<void()>> dropped;
  std::unique_lock lock{state_->mutex};
  const bool is_first_call = !std::exchange(state_->is_shut_down, true);
  if (is_first_call) {
    dropped.swap(state_->jobs);
    state_->work_or_end.notify_all();
    // Patience may be "for ever"; the clock must not overflow by it.
    const auto deadline = to_system(now() + std::min<Duration>(patience, std::chrono::hours{24}));
    state_->worker_ended.wait_until(lock, deadline, [&] { return state_->have_all_ended(); });
  }

  const bool have_all_ended = state_->have_all_ended();
  for (auto& worker : state_->workers) {  // There come no more.
    if (!worker.thread.joinable()) continue;
    if (worker.has_ended) {
      // Saying that it has ended is the last thing that a thread does: this waits a few
      // instructions.
      std::thread ended = std::move(worker.thread);
      lock.unlock();
      ended.join();
      lock.lock();
    } else if (is_first_call) {
      worker.thread.detach();
    }
  }
  lock.unlock();
  return have_all_ended;
}

}  // namespace wsm::io
