#include "sim/world.h"

#include <utility>

#include "base/assert.h"

namespace wsm::sim {

void World::at(TimePoint when, Task task) {
  WSM_ASSERT(when >= now_);
  queue_.push({when, scheduled_++, std::move(task)});
}

void World::run_until(TimePoint end) {
  while (!is_stopped_ && !queue_.empty() && queue_.top().when <= end) run_next();
  if (!is_stopped_) now_ = end;
}

bool World::run_until(const std::function<bool()>& is_done, Duration limit) {
  const TimePoint end = now_ + limit;
  while (!is_done()) {
    if (is_stopped_) return false;
    if (queue_.empty() || queue_.top().when > end) {
      now_ = end;
      return is_done();
    }
    run_next();
  }
  return true;
}

Dice World::dice(std::string_view purpose) const {
  std::uint64_t hash = kHashSeed;
  for (const char letter : purpose) hash = mix(hash, static_cast<unsigned char>(letter));
  return Dice{mix(hash, seed_)};
}

void World::run_next() {
  // The queue gives out constant references only, for a change could break its order; the entry is
  // gone in the next line.
  Entry entry = std::move(const_cast<Entry&>(queue_.top()));
  queue_.pop();
  now_ = entry.when;
  trace.set_time(now_ - kBeginning);
  ++tasks_run_;
  entry.task();
}

}  // namespace wsm::sim
