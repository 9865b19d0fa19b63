#pragma once

#include <mutex>
#include <optional>
#include <string>

#include <wsm/types.h>

#include "exit_code.h"
#include "process/stop_signals.h"

namespace wsm::tail {

/// How a run ends: its exit code, and what to say when that is not kOk.
struct Ending {
  ExitCode code = ExitCode::kOk;
  std::string message;
};

/// The one place where a run learns that it shall end; the main thread waits for it.
///
/// Threads: any. SIGINT and SIGTERM ask as well while it lives; a second wish ends the process, see
/// StopSignals. One at a time in a process.
class StopRequest {
 public:
  StopRequest();
  StopRequest(const StopRequest&) = delete;
  StopRequest& operator=(const StopRequest&) = delete;
  ~StopRequest();

  /// Ends the run with `ending`, unless it was asked before: the first reason counts.
  void ask(Ending ending);

  /// Waits to be asked, and answers with how the run ends; none when `limit` has passed before.
  [[nodiscard]] std::optional<Ending> wait(std::optional<Duration> limit);

  /// Whether a signal has asked, so that a second one would end the process.
  [[nodiscard]] bool has_signal() const { return signals_->have_come(); }

 private:
  int asked_;  // An eventfd, because a signal handler may write to it.
  std::optional<StopSignals> signals_;
  std::mutex mutex_;
  std::optional<Ending> ending_;
};

}  // namespace wsm::tail
