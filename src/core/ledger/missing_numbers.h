#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace wsm {

/// The numbers of a subscription that have been passed over, and may still come: in an overlap the
/// other connection can be behind.
///
/// Bounded: of more than kRangesMax ranges the oldest is given up as lost for good.
class MissingNumbers {
 public:
  static constexpr std::size_t kRangesMax = 16;

  /// `first` to `last` are missing; all of them are above those that are missing already.
  void add(std::uint64_t first, std::uint64_t last);
  /// Returns whether `number` was missing; it is not any more.
  [[nodiscard]] bool take(std::uint64_t number);
  [[nodiscard]] bool contains(std::uint64_t number) const;
  void clear() { ranges_.clear(); }

 private:
  struct Range {
    std::uint64_t first;
    std::uint64_t last;
  };

  [[nodiscard]] std::vector<Range>::const_iterator find(std::uint64_t number) const;

  std::vector<Range> ranges_;  // Ascending, and never empty ones.
};

}  // namespace wsm
