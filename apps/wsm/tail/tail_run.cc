#include "tail/tail_run.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <unistd.h>

#include <wsm/logger.h>
#include <wsm/shard_manager.h>

#include "tail/option_names.h"
#include "tail/report_json.h"
#include "tail/run_report.h"
#include "tail/stop_notice.h"
#include "tail/tail_handler.h"

namespace wsm::tail {
namespace {

using namespace std::chrono_literals;

// For the closing handshakes and a reader who is slow; a second Ctrl-C is always quicker.
constexpr Duration kStopDeadline = 5s;

// A stop that is quicker than this needs no word in a log; to a person at a terminal it is said at
// once, for that is who could press the keys again.
constexpr Duration kQuickStop = 300ms;

/// Drops every line: what matters to a person comes as an event and is reported from there.
class SilentLogger final : public Logger {
 public:
  void log(LogLevel, std::string_view) override {}
};

/// What a configuration cannot know by itself: whether the --ca file holds certificates, and
/// whether the connections that are allowed can carry all topics.
bool is_usage(Errc code) {
  return code == Errc::kInvalidArgument || code == Errc::kConnectionLimit;
}

/// How far each topic has come; to be asked before stop(), which ends them all.
std::vector<TopicReport> topics_of(const TailHandler& handler,
                                   const ShardManager<std::string>& manager) {
  std::vector<TopicReport> topics;
  for (const std::string& topic : handler.options().topics) {
    auto state = manager.subscription_status(topic);
    if (state) topics.push_back({topic, *std::move(state)});
  }
  return topics;
}

void report_end(TailHandler& handler, const RunReport& report, const Ending& ending) {
  if (!ending.message.empty()) handler.status().complain(ending.message);
  const bool has_worked = ending.code == ExitCode::kOk || ending.code == ExitCode::kRefused;
  if (!has_worked || handler.options().is_quiet) return;
  handler.status().complain(report_text(report));
}

/// Ends the output. A run that was well until then is not when its last messages are lost.
void close_output(TailHandler& handler, Ending& ending) {
  const auto written = handler.writer().close();
  if (written) return;
  if (written.error().fault == OutputFault::kCancelled) {
    handler.status().complain("nobody reads stdout; the last messages were dropped");
  }
  auto lost = ending_for(written.error());
  if (lost && ending.code == ExitCode::kOk) ending = *std::move(lost);
}

/// Closes the connections and the output; completes `report`, of which --json makes the last line.
void stop(TailHandler& handler, ShardManager<std::string>& manager, RunReport& report,
          Ending& ending) {
  std::optional<StopNotice> notice;
  if (handler.stop_request().has_signal()) {
    const bool is_watched = isatty(STDERR_FILENO) == 1;
    notice.emplace(is_watched ? Duration::zero() : kQuickStop, [&handler] {
      handler.status().report({Tone::kNeutral, "stopping; Ctrl-C again ends at once"});
    });
  }
  handler.writer().cancel_after(kStopDeadline);
  manager.stop(kStopDeadline);
  report.tally = handler.tally().counts();
  report.counters = manager.metrics().snapshot().counters;
  if (handler.options().format == LineFormat::kJson) {
    // What is wrong with stdout, its close says.
    (void)handler.writer().append_line(report_json(report, ending.code));
  }
  close_output(handler, ending);
}

}  // namespace

ExitCode run(Options options) {
  const ShardManagerConfig config = options.config;
  const auto handler = std::make_shared<TailHandler>(std::move(options), STDOUT_FILENO);
  if (handler->options().is_insecure) {
    handler->status().report(
        {Tone::kBad, "--insecure: whoever is on the way can read and change everything"});
  }
  ShardManager manager{config, handler, std::make_shared<SilentLogger>()};
  const auto begin = std::chrono::steady_clock::now();
  if (const auto started = manager.start(); !started) {
    handler->status().complain(with_option_names(to_string(started.error())));
    return is_usage(started.error().code) ? ExitCode::kUsage : ExitCode::kOther;
  }
  const auto asked = handler->stop_request().wait(handler->options().time_limit);
  Ending ending = asked ? *asked : handler->ending_in_time();
  RunReport report;
  report.elapsed = std::chrono::steady_clock::now() - begin;
  report.topics = topics_of(*handler, manager);

  stop(*handler, manager, report, ending);
  report_end(*handler, report, ending);
  return ending.code;
}

}  // namespace wsm::tail
