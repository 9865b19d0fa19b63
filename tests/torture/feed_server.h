#pragma once

#include <string>

#include "io/loopback_server.h"

namespace wsm::testing {

/// What a server says of its own accord, for what the venue does not do.
struct FeedScript {
  std::string extra_headers;  ///< Of the answer to the upgrade; each ends with CR LF.
  std::string frames;         ///< Behind the first request.
};

/// Accepts an upgrade, sends the frames, and drops all else that comes, pings too, until it is
/// asked to close.
void serve_feed(io::testing::ServerSocket& socket, const FeedScript& script);

/// What comes up to the end of the head of a request; empty when it does not come.
[[nodiscard]] std::string receive_head(io::testing::ServerSocket& socket);

/// `count` messages of T0001 in frames, numbered from 1 on; number `hole`, if any, is left out.
[[nodiscard]] std::string numbered_frames(std::size_t count, std::size_t hole = 0);

/// The same, compressed each by itself.
[[nodiscard]] std::string compressed_frames(std::size_t count);

}  // namespace wsm::testing
