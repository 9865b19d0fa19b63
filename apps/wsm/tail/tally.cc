#include "tail/tally.h"

#include <array>
#include <chrono>
#include <iterator>
#include <string_view>

#include <fmt/format.h>

#include "tail/count_text.h"
#include "tail/duration_text.h"

namespace wsm::tail {
namespace {

std::string bytes_text(std::uint64_t bytes) {
  if (bytes < 1000) return fmt::format("{} bytes", bytes);
  constexpr std::array<std::string_view, 5> kUnits{"kB", "MB", "GB", "TB", "PB"};
  double value = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  for (; value >= 1000 && unit + 1 < kUnits.size(); ++unit) value /= 1000;
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::uint64_t reconnects_of(const TallyCounts::Shard& shard) {
  return shard.connections > 0 ? shard.connections - 1 : 0;
}

}  // namespace

TallyCounts::Shard TallyCounts::total() const {
  Shard total;
  for (const auto& [id, shard] : shards) {
    total.messages += shard.messages;
    total.bytes += shard.bytes;
    total.connections += shard.connections;
  }
  return total;
}

std::uint64_t TallyCounts::reconnects() const {
  std::uint64_t sum = 0;
  for (const auto& [id, shard] : shards) sum += reconnects_of(shard);
  return sum;
}

std::string summary_text(const TallyCounts& counts, Duration elapsed) {
  const TallyCounts::Shard total = counts.total();
  const double seconds = std::chrono::duration<double>(elapsed).count();
  const double rate = seconds > 0 ? static_cast<double>(total.messages) / seconds : 0;

  std::string text = fmt::format(
      "{}, {} in {} ({:.1f}/s); {}, {}", counted(total.messages, "message"),
      bytes_text(total.bytes), duration_text(elapsed), rate,
      counted(total.connections, "connection"), counted(counts.reconnects(), "reconnect"));
  if (counts.shards.size() < 2) return text;
  for (const auto& [id, shard] : counts.shards) {
    fmt::format_to(std::back_inserter(text), "\n  shard {}: {}, {}, {}", id.value(),
                   counted(shard.messages, "message"), bytes_text(shard.bytes),
                   counted(reconnects_of(shard), "reconnect"));
  }
  return text;
}

void Tally::add_message(ShardId shard, std::size_t bytes) {
  const std::lock_guard lock{mutex_};
  TallyCounts::Shard& counts = counts_.shards[shard];
  ++counts.messages;
  counts.bytes += bytes;
}

void Tally::add_connection(ShardId shard) {
  const std::lock_guard lock{mutex_};
  ++counts_.shards[shard].connections;
}

TallyCounts Tally::counts() const {
  const std::lock_guard lock{mutex_};
  return counts_;
}

}  // namespace wsm::tail
