#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include <wsm/types.h>

namespace wsm::tail {

/// What a run has brought, for the summary at its end.
struct TallyCounts {
  struct Shard {
    std::uint64_t messages = 0;
    std::uint64_t bytes = 0;        ///< Payload of `messages`.
    std::uint64_t connections = 0;  ///< Opened, so one more than reconnects.
  };
  std::map<ShardId, Shard> shards;

  [[nodiscard]] Shard total() const;
  [[nodiscard]] std::uint64_t reconnects() const;
};

/// "12 messages, 3.4 kB in 2.0 s (6.0/s); 2 connections, 1 reconnect", and a line for each shard
/// when there are several.
[[nodiscard]] std::string summary_text(const TallyCounts& counts, Duration elapsed);

/// Counts while the run goes on. Threads: any.
class Tally {
 public:
  void add_message(ShardId shard, std::size_t bytes);
  void add_connection(ShardId shard);

  [[nodiscard]] TallyCounts counts() const;

 private:
  mutable std::mutex mutex_;
  TallyCounts counts_;
};

}  // namespace wsm::tail
