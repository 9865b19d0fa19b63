#include "core/switchover/taken_seconds.h"

#include <algorithm>
#include <iterator>

#include "base/assert.h"

namespace wsm {

void TakenSeconds::add(Second second) {
  WSM_ASSERT(!contains(second));
  Second first = second;
  Second last = second;
  if (const auto before = run_before(second);
      before != runs_.end() && before->second + 1 == first) {
    first = before->first;
  }
  if (const auto after = runs_.extract(second + 1)) last = after.mapped();
  runs_[first] = last;
}

void TakenSeconds::remove(Second second) {
  WSM_ASSERT(contains(second));
  const auto [first, last] = *run_before(second);
  runs_.erase(first);
  if (first < second) runs_.emplace(first, second - 1);
  if (second < last) runs_.emplace(second + 1, last);
}

bool TakenSeconds::contains(Second second) const {
  const auto run = run_before(second);
  return run != runs_.end() && second <= run->second;
}

Second TakenSeconds::distance(Second second) const {
  if (contains(second)) return 0;
  Second distance = kFar;
  if (const auto before = run_before(second); before != runs_.end()) {
    distance = second - before->second;
  }
  if (const auto after = runs_.upper_bound(second); after != runs_.end()) {
    distance = std::min(distance, after->first - second);
  }
  return distance;
}

std::optional<Second> TakenSeconds::nearest_free(Second wanted, Second first, Second last) const {
  if (!contains(wanted)) return wanted;
  const auto [run_first, run_last] = *run_before(wanted);
  const Second before = run_first - 1;
  const Second after = run_last + 1;
  const bool has_before = before >= first;
  const bool has_after = after <= last;
  if (has_before && (!has_after || wanted - before <= after - wanted)) return before;
  if (has_after) return after;
  return std::nullopt;
}

TakenSeconds::Runs::const_iterator TakenSeconds::run_before(Second second) const {
  const auto after = runs_.upper_bound(second);
  return after == runs_.begin() ? runs_.end() : std::prev(after);
}

}  // namespace wsm
