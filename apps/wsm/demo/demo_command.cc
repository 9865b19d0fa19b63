#include "demo/demo_command.h"

#include <cstring>
#include <memory>
#include <string>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include "demo/interrupt.h"
#include "demo/options.h"
#include "demo/performance.h"
#include "demo/report.h"
#include "demo/screen.h"
#include "exit_code.h"
#include "process/stderr_text.h"
#include "usage/usage_error.h"

namespace wsm {
namespace {

constexpr auto kDescription =
    "A venue in which everything goes wrong, and a manager that keeps its subscriptions alive.";

constexpr auto kFooter = R"(
Both run in this process and talk over real sockets on 127.0.0.1. The venue numbers the messages of
each topic, allows 500 subscriptions a connection, and on a timetable cuts one connection, falls
silent on one, asks one to leave, and announces to one that it is going to be closed; then the
manager is told to switch one over. Before all that, a third of the topics is subscribed when the
other shards are open, so that the last shard has room, and the manager is told to rebalance. At the
end what the venue sent is held against what the handler got.

  sent          messages published since their topic was first subscribed, each once
  received      all that reached the handler: sent - lost + duplicated
  unexplained   differences that no incident of the timetable explains
  ledger        what the manager itself tells of gaps, by cause, held against the same record

Exit code: 0 if and only if every message that was sent on a connection that was not cut arrived,
nothing is unexplained, the ledger tells of each topic exactly what is missing, nothing came twice,
every topic was live at the end, and stdout could be written; else 1; 2 for wrong options. With
--redundancy 2 or more, nothing at all may be lost.

With --json the last line of stdout is one object:
  ok, length_ms, rate, seed, topics, topics_live, sent, received, lost, duplicated, out_of_order,
  lost_though_sent   lost, although sent on a connection that was not cut
  switchovers        [{shard, trigger, outcome, proven, unproven, interrupted, duplicates_removed,
                     held, lost, opening_ms, subscribing_ms, proving_ms, draining_ms}]
  redundancy, rebalance  {moves, proven, unproven, interrupted, abandoned, took_ms}, or null
  ledger             {ok, lost, late, duplicates_removed, topics_wrong, gaps: [{cause, gaps, lost}]}
  unexplained        {lost, duplicated, out_of_order, invented}; invented: received, never sent
  events             [{event, at_ms, shard, restored_after_ms, lost, duplicated, out_of_order}];
                     restored_after_ms is null when that never came)";

ExitCode run(const demo::Options& options) {
  const auto plan = demo::make_plan(options);
  if (!plan) {
    write_stderr(complaint({"wsm demo", plan.error().detail}));
    return ExitCode::kUsage;
  }
  const demo::Interrupt interrupt;
  const auto screen =
      demo::make_screen(options.is_plain ? demo::Colour::kNever : demo::Colour::kInTerminal);
  const auto account = demo::perform(
      *plan, *screen, [&] { return interrupt.was_requested() || screen->write_error() != 0; });
  if (!account) {
    write_stderr(fmt::format("wsm demo: {}\n", to_string(account.error())));
    return ExitCode::kOther;
  }
  screen->print('\n' + demo::incident_table(*account) + demo::rebalance_line(*account) +
                demo::switchover_lines(*account) + '\n' + demo::truth_line(*account) +
                demo::ledger_line(*account));
  if (options.is_json) screen->print(demo::json_line(*account, *plan));
  if (screen->write_error() != 0) {
    write_stderr(fmt::format("wsm demo: cannot write to stdout: {}\n",
                             std::strerror(screen->write_error())));
    return ExitCode::kOther;
  }
  return account->is_whole() ? ExitCode::kOk : ExitCode::kOther;
}

}  // namespace

void add_demo_command(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<demo::Options>();
  CLI::App* const command = app.add_subcommand("demo", kDescription);
  command->footer(kFooter);
  command->add_option("--seconds", options->seconds, "How long it takes; at least 5")
      ->capture_default_str();
  command->add_option("--topics", options->topics, "Topics of the venue, all subscribed to")
      ->capture_default_str();
  command->add_option("--rate", options->rate, "Messages a second, over all topics")
      ->capture_default_str();
  command
      ->add_option("--seed", options->seed, "Decides which shards are hit, and the order of topics")
      ->capture_default_str();
  command
      ->add_option("--redundancy", options->redundancy,
                   "Connections that carry each topic at the same time")
      ->capture_default_str();
  command->add_flag("--json", options->is_json, "End with the account as one line of JSON");
  command->add_flag("--no-color", options->is_plain, "No colours, even in a terminal");
  command->callback([options, &exit_code] { exit_code = static_cast<int>(run(*options)); });
}

}  // namespace wsm
