#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>

namespace wsm {

/// A second of the core's clock, by its number.
using Second = std::int64_t;

/// A set of seconds that knows where its holes are: it is kept as runs without a hole.
///
/// Cost of each function: O(log n), n being the number of runs.
class TakenSeconds {
 public:
  static constexpr Second kFar = std::numeric_limits<Second>::max();

  // Commands.
  /// `second` is not in it yet.
  void add(Second second);
  /// `second` is in it.
  void remove(Second second);

  // Getters.
  [[nodiscard]] bool contains(Second second) const;
  /// To the nearest one that is in it; kFar when it is empty.
  [[nodiscard]] Second distance(Second second) const;
  /// The second of [first, last] nearest to `wanted` that is not in it; the earlier of two.
  [[nodiscard]] std::optional<Second> nearest_free(Second wanted, Second first, Second last) const;

 private:
  using Runs = std::map<Second, Second>;  // From the first second to the last one.

  /// The run that begins at `second` or before; end() when there is none.
  [[nodiscard]] Runs::const_iterator run_before(Second second) const;

  Runs runs_;  // No two of them touch.
};

}  // namespace wsm
