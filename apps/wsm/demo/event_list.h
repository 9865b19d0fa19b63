#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <wsm/types.h>

namespace wsm::demo {

/// Who made it happen.
enum class Origin : std::uint8_t { kTimetable, kLibrary };

[[nodiscard]] constexpr std::string_view to_string(Origin origin) {
  switch (origin) {
    case Origin::kTimetable: return "timetable";
    case Origin::kLibrary: return "library";
  }
  return "unknown";
}

/// One thing that happened, for people.
struct EventLine {
  Duration at;  ///< From the beginning of the demo.
  Origin origin;
  std::string text;
};

/// The last things that happened; older ones are forgotten. Threads: any.
class EventList {
 public:
  static constexpr std::size_t kKept = 100;

  void add(EventLine line) {
    const std::lock_guard lock{mutex_};
    lines_.push_back(std::move(line));
    if (lines_.size() > kKept) lines_.pop_front();
  }

  /// The last `count` of them, oldest first.
  [[nodiscard]] std::vector<EventLine> last(std::size_t count) const {
    const std::lock_guard lock{mutex_};
    const auto shown = static_cast<std::ptrdiff_t>(std::min(count, lines_.size()));
    return {lines_.end() - shown, lines_.end()};
  }

 private:
  mutable std::mutex mutex_;
  std::deque<EventLine> lines_;
};

}  // namespace wsm::demo
