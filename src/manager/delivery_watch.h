#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include <wsm/event.h>

#include "base/time.h"

namespace wsm {

/// Decides when to tell that messages were dropped and that the handler is behind: at most one of
/// each kind in kInterval, so that what is too much already does not bring its own flood.
///
/// Threads: the I/O thread.
class DeliveryWatch {
 public:
  static constexpr Duration kInterval = std::chrono::seconds{1};

  /// A turn is over: so many messages have been dropped since the beginning, so many wait.
  void handle_turn(std::uint64_t dropped, std::size_t depth, TimePoint now);
  /// Whether handle_wait() is to be told now how long messages have waited.
  [[nodiscard]] bool is_wait_due(TimePoint now) const { return look_at_ && now >= *look_at_; }
  /// `since`: when the oldest message came that waits, if one does.
  void handle_wait(std::optional<TimePoint> since, std::size_t depth, TimePoint now);
  /// Nothing more will be dropped: what has not been told is due.
  void finish(TimePoint now);

  [[nodiscard]] std::optional<EventKind> poll_event();
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;

 private:
  void report_drops(TimePoint now);

  // Drops.
  std::uint64_t dropped_ = 0;
  std::uint64_t told_ = 0;               // Of dropped_.
  std::optional<TimePoint> first_drop_;  // Of those that are not told.
  std::optional<TimePoint> last_report_;

  // Waiting.
  std::optional<TimePoint> look_at_;
  std::optional<TimePoint> slow_since_;

  std::optional<EventKind> drops_event_;
  std::optional<EventKind> wait_event_;
};

}  // namespace wsm
