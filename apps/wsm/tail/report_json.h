#pragma once

#include <string>

#include "exit_code.h"
#include "tail/run_report.h"

namespace wsm::tail {

/// The summary for scripts: one JSON object, without a newline. Its fields are part of the
/// interface of the program; the help lists them.
[[nodiscard]] std::string report_json(const RunReport& report, ExitCode code);

}  // namespace wsm::tail
