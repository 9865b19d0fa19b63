#pragma once

namespace CLI {
class App;
}  // namespace CLI

namespace wsm {

/// Adds `wsm demo` to `app`. When it has run, `exit_code` says how it ended; see `wsm demo --help`.
/// Lifetime: `exit_code` must outlive the parsing.
void add_demo_command(CLI::App& app, int& exit_code);

}  // namespace wsm
