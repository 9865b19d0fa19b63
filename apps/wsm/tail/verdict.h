#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <wsm/error.h>
#include <wsm/types.h>

#include "exit_code.h"
#include "tail/output_file.h"
#include "tail/stop_request.h"

namespace wsm::tail {

/// What the run has reached so far, as far as it decides whether a failure ends it.
struct RunProgress {
  bool has_opened = false;    ///< Some connection has been open.
  bool has_received = false;  ///< Some message has arrived.
  /// How long ago the first connection opened.
  Duration since_opened = Duration::zero();
};

/// The exit code with which `reason` ends a run; none when the library shall go on trying.
///
/// A run that has worked goes on for ever. One that has never opened a connection ends at the first
/// failure: a name, a certificate or a refusal does not mend itself while somebody waits. A server
/// that accepts and closes at once, which is how many refuse a login, counts as never having
/// worked.
[[nodiscard]] std::optional<ExitCode> ending_for(const DisconnectReason& reason,
                                                 const RunProgress& progress);

/// How a run ends that cannot write to stdout; none when it has been given up already, and only the
/// reader is slow.
[[nodiscard]] std::optional<Ending> ending_for(const OutputError& error);

/// What was wrong, where, and what to do about it. What the server said is printable_text().
[[nodiscard]] std::string explain(const DisconnectReason& reason, std::string_view url);

}  // namespace wsm::tail
