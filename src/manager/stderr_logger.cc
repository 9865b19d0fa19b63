// The default Logger, on spdlog.

#include <string_view>

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include <wsm/logger.h>

namespace wsm {
namespace {

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return spdlog::level::debug;
    case LogLevel::kInfo: return spdlog::level::info;
    case LogLevel::kWarning: return spdlog::level::warn;
    case LogLevel::kError: return spdlog::level::err;
  }
  return spdlog::level::info;
}

class StderrLogger final : public Logger {
 public:
  explicit StderrLogger(LogLevel least)
      : logger_("wsm", std::make_shared<spdlog::sinks::stderr_color_sink_mt>()) {
    logger_.set_level(spdlog_level(least));
  }

  void log(LogLevel level, std::string_view line) override {
    logger_.log(spdlog_level(level), spdlog::string_view_t{line.data(), line.size()});
  }

 private:
  spdlog::logger logger_;  // Its own, not in spdlog's registry, which is the application's.
};

}  // namespace

std::shared_ptr<Logger> make_stderr_logger(LogLevel least) {
  return std::make_shared<StderrLogger>(least);
}

}  // namespace wsm
