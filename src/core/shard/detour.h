#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace wsm {

/// Where a server has sent the next line of a shard, instead of where the handler says.
struct Detour {
  std::string url = {};
  bool is_redirect = false;  ///< And no drain notice.
  /// Of the handler's URL that has led there: what becomes of the line is said of that.
  std::optional<std::size_t> place = {};
};

}  // namespace wsm
