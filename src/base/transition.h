#pragma once

#include <algorithm>
#include <string_view>

namespace wsm {

/// One legal move of a lifecycle, and what leads to it.
template <class Status>
struct Transition {
  Status from;
  Status to;
  std::string_view cause;
};

/// Does `table` have the move? For the is_legal() of each lifecycle.
template <class Table, class Status>
[[nodiscard]] constexpr bool has_transition(const Table& table, Status from, Status to) {
  return std::ranges::any_of(table,
                             [=](const auto& move) { return move.from == from && move.to == to; });
}

}  // namespace wsm
