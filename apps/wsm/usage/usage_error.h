#pragma once

#include <string>

#include <CLI/App.hpp>

namespace wsm {

/// A command line that cannot be used.
struct UsageError {
  std::string command;  ///< Whose --help has more: "wsm tail".
  std::string problem;
};

/// What `app` did not understand when its parse() threw `error`. A word that nobody knows is named
/// first, for what follows from it is misleading: the value of an unknown option is taken for an
/// argument.
[[nodiscard]] UsageError usage_error(const CLI::App& app, const CLI::ParseError& error);

/// All lines for stderr.
[[nodiscard]] std::string complaint(const UsageError& error);

}  // namespace wsm
