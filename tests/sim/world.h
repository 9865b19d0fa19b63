#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "sim/dice.h"
#include "sim/trace.h"

namespace wsm::sim {

/// Virtual time and everything that is going to happen in it.
///
/// Tasks run in the order of (time, order of scheduling), so that a world is a function of its
/// seed. Nothing here knows what is simulated. Time begins at a non-zero instant, for code that
/// takes zero for "never" would pass otherwise.
class World {
 public:
  using Task = std::function<void()>;

  explicit World(std::uint64_t seed) : seed_(seed) {}
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  [[nodiscard]] TimePoint now() const { return now_; }
  [[nodiscard]] Duration elapsed() const { return now_ - kBeginning; }
  [[nodiscard]] std::uint64_t seed() const { return seed_; }

  /// Runs `task` at `when`, which must not be in the past. A task must not outlive what it uses.
  void at(TimePoint when, Task task);
  void after(Duration delay, Task task) { at(now_ + delay, std::move(task)); }

  /// Runs what is due up to `end`, which is the time then, unless stop() ended it before.
  void run_until(TimePoint end);
  void run_for(Duration duration) { run_until(now_ + duration); }
  /// The same, until `is_done` holds. False when `limit` passed first.
  bool run_until(const std::function<bool()>& is_done, Duration limit);
  /// Nothing runs any more: an oracle has seen enough.
  void stop() { is_stopped_ = true; }
  [[nodiscard]] bool is_stopped() const { return is_stopped_; }

  /// Randomness for one purpose. Purposes do not disturb each other: one more draw for the network
  /// leaves the faults as they were.
  [[nodiscard]] Dice dice(std::string_view purpose) const;

  [[nodiscard]] std::uint64_t tasks_run() const { return tasks_run_; }

  Trace trace;

 private:
  struct Entry {
    TimePoint when;
    std::uint64_t order;
    Task task;
  };
  struct IsLater {
    bool operator()(const Entry& a, const Entry& b) const {
      return a.when != b.when ? a.when > b.when : a.order > b.order;
    }
  };

  static constexpr TimePoint kBeginning{std::chrono::hours{1}};

  void run_next();

  const std::uint64_t seed_;
  TimePoint now_ = kBeginning;
  std::priority_queue<Entry, std::vector<Entry>, IsLater> queue_;
  std::uint64_t scheduled_ = 0;
  std::uint64_t tasks_run_ = 0;
  bool is_stopped_ = false;
};

}  // namespace wsm::sim
