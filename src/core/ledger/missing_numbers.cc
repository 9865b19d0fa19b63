#include "core/ledger/missing_numbers.h"

#include <algorithm>

#include "base/assert.h"

namespace wsm {

void MissingNumbers::add(std::uint64_t first, std::uint64_t last) {
  WSM_ASSERT(first <= last && (ranges_.empty() || ranges_.back().last < first));
  if (ranges_.size() == kRangesMax) ranges_.erase(ranges_.begin());
  ranges_.push_back({first, last});
}

bool MissingNumbers::take(std::uint64_t number) {
  const auto found = find(number);
  if (found == ranges_.end()) return false;
  const Range range = *found;
  auto place = ranges_.erase(found);
  if (number < range.last) place = ranges_.insert(place, {number + 1, range.last});
  if (range.first < number) ranges_.insert(place, {range.first, number - 1});
  if (ranges_.size() > kRangesMax) ranges_.erase(ranges_.begin());
  return true;
}

bool MissingNumbers::contains(std::uint64_t number) const { return find(number) != ranges_.end(); }

std::vector<MissingNumbers::Range>::const_iterator MissingNumbers::find(
    std::uint64_t number) const {
  return std::ranges::find_if(
      ranges_, [&](const Range& range) { return range.first <= number && number <= range.last; });
}

}  // namespace wsm
