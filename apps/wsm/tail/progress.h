#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include <wsm/event.h>
#include <wsm/types.h>

namespace wsm::tail {

/// How a line of progress feels; a terminal shows it as a colour.
enum class Tone : std::uint8_t { kNeutral, kGood, kWaiting, kBad };

[[nodiscard]] constexpr std::string_view to_string(Tone tone) {
  switch (tone) {
    case Tone::kNeutral: return "neutral";
    case Tone::kGood: return "good";
    case Tone::kWaiting: return "waiting";
    case Tone::kBad: return "bad";
  }
  return "unknown";
}

struct ProgressLine {
  Tone tone;
  std::string text;
};

/// Says in one line what an event means to somebody who watches the program, if anything. The
/// counting up of many requests is told at most every kCountInterval, and when it is complete. It
/// tells what was sent: whether the server agrees, only its messages say.
class ProgressReporter {
 public:
  static constexpr Duration kCountInterval = std::chrono::milliseconds{200};

  /// `topics` is how many there are to subscribe to; 0 when the URL is the subscription.
  explicit ProgressReporter(std::size_t topics) : topics_(topics) {}

  [[nodiscard]] std::optional<ProgressLine> describe(const Event& event);

 private:
  // What a shard has asked for on its newest connection.
  struct Requested {
    Generation generation;
    std::size_t count = 0;
  };

  std::optional<ProgressLine> count_requested(const event::SubscriptionsRequested& requested,
                                              SystemTime at);
  void forget_requested(ShardId shard, Generation generation);
  std::optional<ProgressLine> begin_slowness(const event::SlowConsumer& slow);

  std::size_t topics_;
  std::map<ShardId, Requested> requested_;
  std::set<ShardId> copies_;  // What these ask for is asked for by others, too.
  SystemTime last_count_{};   // When a count was last told.
  bool is_slow_ = false;      // It has been told that stdout is slow, and not that it is not.
};

/// `line` as it is written to stderr, without a newline; all of it is printable_text().
[[nodiscard]] std::string render(const ProgressLine& line, bool is_coloured);

}  // namespace wsm::tail
