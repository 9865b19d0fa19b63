#pragma once

#include <CLI/App.hpp>

namespace wsm {

/// Adds the subcommand `tail` to `app`. When the command line names it, parsing runs it and leaves
/// how it ended in `exit_code`.
void add_tail_command(CLI::App& app, int& exit_code);

}  // namespace wsm
