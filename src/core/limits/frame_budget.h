#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"
#include "core/limits/rolling_window.h"

namespace wsm {

/// What a frame is for, as far as its slot is concerned.
enum class FrameKind : std::uint8_t {
  kMessage,  ///< Requests and messages of the application.
  kControl,  ///< Pings, pongs, and the close frame.
};

[[nodiscard]] constexpr std::string_view to_string(FrameKind kind) {
  switch (kind) {
    case FrameKind::kMessage: return "message";
    case FrameKind::kControl: return "control";
  }
  return "unknown";
}

/// How many frames one connection may send, and when.
///
/// In a window longer than kShortWindow a tenth of the slots, at least one, is reserved: only
/// control frames may use them, and use the common ones as well when the reserved ones are gone.
/// Both together are never more than the count, for each kind of slot has a window of its own. A
/// shorter window needs no reserve: its next slot comes soon enough for a pong, which goes first
/// then.
class FrameBudget {
 public:
  /// Servers that want pongs wait 10 s and more for them.
  static constexpr Duration kShortWindow = std::chrono::seconds{5};

  struct Options {
    std::optional<std::size_t> count;  ///< Of any `window`; at least 2.
    Duration window{};
    std::optional<Duration> spacing;

    [[nodiscard]] bool is_limited() const { return count || spacing; }
  };

  explicit FrameBudget(const Options& options);

  /// The first instant at which such a frame may go; long ago if nothing is in its way.
  [[nodiscard]] TimePoint earliest(FrameKind kind) const;
  [[nodiscard]] bool allows(FrameKind kind, TimePoint now) const { return earliest(kind) <= now; }

  /// A frame goes. Only when it may.
  void take(FrameKind kind, TimePoint now);
  /// What was taken since this was last told has left only now.
  void handle_written(TimePoint now);

 private:
  /// A window, and how many of its last events have not been written yet.
  struct Slots {
    RollingWindow window;
    std::size_t unwritten = 0;

    [[nodiscard]] TimePoint earliest() const { return window.earliest(); }
    void take(TimePoint now);
    void handle_written(TimePoint now);
  };

  std::optional<Slots> common_;    // Exists when there is a count,
  std::optional<Slots> reserved_;  // and this one when its window is long, too.
  std::optional<Slots> spacing_;   // One event each `spacing`.
};

}  // namespace wsm
