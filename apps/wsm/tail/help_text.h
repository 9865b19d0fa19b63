#pragma once

#include <string>

namespace wsm::tail {

/// What stands below the options in the help: templates, fields, statuses, exit codes.
[[nodiscard]] std::string help_text();

}  // namespace wsm::tail
