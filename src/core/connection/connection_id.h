#pragma once

#include <compare>

#include <wsm/types.h>

namespace wsm {

/// Names one connection for ever: a generation is never used again.
struct ConnectionId {
  ShardId shard;
  Generation generation;

  friend auto operator<=>(const ConnectionId&, const ConnectionId&) = default;
};

}  // namespace wsm
