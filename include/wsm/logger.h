#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

namespace wsm {

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError };

[[nodiscard]] constexpr std::string_view to_string(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return "debug";
    case LogLevel::kInfo: return "info";
    case LogLevel::kWarning: return "warning";
    case LogLevel::kError: return "error";
  }
  return "unknown";
}

/// Where the library's lines go. An application implements it to put them into its own log.
///
/// Threads: called from any of the manager's threads, one call at a time for one manager.
class Logger {
 public:
  virtual ~Logger() = default;
  virtual void log(LogLevel level, std::string_view line) = 0;
};

/// Writes lines of `least` and above to stderr, with time and level; coloured in a terminal.
[[nodiscard]] std::shared_ptr<Logger> make_stderr_logger(LogLevel least = LogLevel::kWarning);

}  // namespace wsm
