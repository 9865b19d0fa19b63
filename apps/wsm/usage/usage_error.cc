#include "usage/usage_error.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "usage/closest_name.h"

namespace wsm {
namespace {

// A lone - stands for stdin, and a negative number is a value.
bool is_option(std::string_view word) {
  return word.size() > 1 && word[0] == '-' && (word[1] < '0' || word[1] > '9');
}

std::vector<std::string> option_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options({})) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

std::vector<std::string> subcommand_names(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::App* subcommand : command.get_subcommands({})) {
    names.push_back(subcommand->get_name());
  }
  return names;
}

std::string unknown(std::string_view kind, std::string_view name,
                    const std::vector<std::string>& known) {
  const auto meant = closest_name(name, known);
  return fmt::format("unknown {} {}{}", kind, name,
                     meant ? fmt::format("; did you mean {}?", *meant) : "");
}

std::optional<std::string> describe_unknown_word(const CLI::App& command) {
  const std::vector<std::string> words = command.remaining();
  const auto option = std::find_if(words.begin(), words.end(), is_option);
  if (option != words.end()) {
    return unknown("option", option->substr(0, option->find('=')), option_names(command));
  }
  if (words.empty()) return std::nullopt;
  const auto subcommands = subcommand_names(command);
  if (!subcommands.empty()) return unknown("subcommand", words.front(), subcommands);
  return fmt::format("unexpected word '{}'", words.front());
}

}  // namespace

UsageError usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const auto given = app.get_subcommands();
  const CLI::App& command = given.empty() ? app : *given.front();
  std::string name = app.get_name();
  if (!given.empty()) name += ' ' + command.get_name();
  // What stands before the subcommand is for the program.
  auto problem = describe_unknown_word(app);
  if (!problem) problem = describe_unknown_word(command);
  if (!problem && given.empty() && error.get_name() == "RequiredError") {
    problem = fmt::format("a subcommand is missing: {}", fmt::join(subcommand_names(app), " or "));
  }
  return {std::move(name), problem.value_or(error.what())};
}

std::string complaint(const UsageError& error) {
  return fmt::format("wsm: {}\nRun {} --help for more.\n", error.problem, error.command);
}

}  // namespace wsm
