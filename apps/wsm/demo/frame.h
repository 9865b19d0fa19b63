#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <wsm/metrics.h>
#include <wsm/types.h>

#include "demo/event_list.h"

namespace wsm::demo {

/// One shard as the live view shows it.
struct ShardLine {
  ShardId shard;
  ShardStatus status = ShardStatus::kIdle;
  std::size_t subscriptions = 0;
  Generation generation;
  double messages_per_second = 0;
};

/// Everything that one picture of the running demo shows.
struct Frame {
  Duration elapsed;
  Duration length;
  std::size_t topics = 0;
  std::size_t topics_in_service = 0;  ///< As the venue sees it.
  SubscriptionCounts subscriptions;   ///< As the manager does.
  std::uint64_t messages_lost = 0;    ///< By its ledger.
  std::uint64_t gaps = 0;
  std::uint64_t received = 0;
  double messages_per_second = 0;
  std::vector<ShardLine> shards;
  std::vector<EventLine> events;  ///< Oldest first.
};

/// Where the lines go: how wide and how many, and whether colours are understood.
struct Canvas {
  std::size_t columns = 80;
  std::size_t rows = 24;
  bool has_colour = false;
};

/// The picture for a terminal, a line each, none longer or more than the canvas holds. Colours do
/// not count as columns.
[[nodiscard]] std::vector<std::string> draw(const Frame& frame, const Canvas& canvas);

/// The same in one line, for a pipe.
[[nodiscard]] std::string summarise(const Frame& frame);

}  // namespace wsm::demo
