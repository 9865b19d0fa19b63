#include <csignal>
#include <exception>
#include <string>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include <wsm/version.h>

#include "demo/demo_command.h"
#include "exit_code.h"
#include "process/standard_files.h"
#include "process/stderr_text.h"
#include "tail/tail_command.h"
#include "usage/usage_error.h"

namespace {

int run(int argc, char** argv) {
  CLI::App app{"Keeps WebSocket subscriptions alive across as many connections as it takes.",
               "wsm"};
  app.set_version_flag("--version", fmt::format("wsm {}", wsm::version()));
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  wsm demo                                  a venue in which everything goes wrong\n"
      "  wsm tail wss://host/ws                    follow a feed\n"
      "Run wsm tail --help or wsm demo --help for all of their options.");

  int exit_code = static_cast<int>(wsm::ExitCode::kOk);
  wsm::add_tail_command(app, exit_code);
  wsm::add_demo_command(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // --help and --version come here as well, with a code of zero.
    if (error.get_exit_code() == 0) return app.exit(error);
    wsm::write_stderr(complaint(wsm::usage_error(app, error)));
    return static_cast<int>(wsm::ExitCode::kUsage);
  }
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  if (!wsm::hold_standard_files()) {
    wsm::write_stderr("wsm: stdout is closed; to drop the output, write it to /dev/null\n");
    return static_cast<int>(wsm::ExitCode::kOther);
  }
  signal(SIGPIPE, SIG_IGN);  // A reader who has enough (| head) is an error of write().
  try {
    return run(argc, argv);
  } catch (const std::exception& failure) {
    wsm::write_stderr(fmt::format("wsm: {}\n", failure.what()));
    return static_cast<int>(wsm::ExitCode::kOther);
  }
}
