#pragma once

#include "exit_code.h"
#include "tail/options.h"

namespace wsm::tail {

/// Follows the feed until its end, with messages on stdout and everything else on stderr.
[[nodiscard]] ExitCode run(Options options);

}  // namespace wsm::tail
