#pragma once

#include <memory>
#include <string_view>

#include <wsm/event.h>
#include <wsm/logger.h>

namespace wsm {

/// How much an operator should care about `event`.
[[nodiscard]] LogLevel log_level(const EventKind& event);

/// Turns events into lines of the application's log. A logger that throws loses its line, no more;
/// so does a lack of memory for it.
///
/// Threads: the I/O thread.
class EventLog {
 public:
  explicit EventLog(std::shared_ptr<Logger> logger) : logger_(std::move(logger)) {}

  void log(const EventKind& event) const;
  void log(LogLevel level, std::string_view line) const;

 private:
  std::shared_ptr<Logger> logger_;  // May be null: no log.
};

}  // namespace wsm
