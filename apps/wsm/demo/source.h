#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include <wsm/types.h>

namespace wsm::demo {

/// One connection, as the library names it.
struct Source {
  ShardId shard;
  Generation generation;

  friend auto operator<=>(const Source&, const Source&) = default;
};

/// The target by which the handler asks for a connection, "/?shard=2&generation=1": so the venue's
/// record has the names of the library.
[[nodiscard]] std::string target_of(const Source& source);

/// The source that `target` names, if it is one that target_of() made.
[[nodiscard]] std::optional<Source> source_of(std::string_view target);

}  // namespace wsm::demo
