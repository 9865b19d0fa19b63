#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <wsm/result.h>
#include <wsm/types.h>

namespace wsm::demo {

/// What the command line of `wsm demo` says.
struct Options {
  std::uint64_t seconds = 20;
  std::size_t topics = 1'100;  ///< Unevenly many: two shards are full, and the third is not.
  std::uint64_t rate = 5'000;  ///< Messages a second over all topics.
  std::uint64_t seed = 1;
  std::uint64_t redundancy = 1;  ///< Connections that carry each topic at the same time.
  bool is_json = false;
  bool is_plain = false;  ///< No colours, even in a terminal.
};

/// The same, checked, with what follows from it.
struct Plan {
  Duration length;
  std::size_t topics;
  std::uint64_t rate;
  std::uint64_t seed;
  std::size_t redundancy;
  std::size_t subscriptions_per_connection;
  std::size_t shards;     ///< As many as the cap makes necessary, with their copies.
  Duration data_timeout;  ///< Silence after which a connection counts as stalled.
};

/// Errors: kInvalidArgument, with the option and what it may be.
[[nodiscard]] Result<Plan> make_plan(const Options& options);

}  // namespace wsm::demo
