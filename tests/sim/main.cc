// wsm_sim: worlds from seeds, in virtual time. docs/simulation.md.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "sim/fault_plan.h"
#include "sim/last_words.h"
#include "sim/rush.h"
#include "sim/swarm.h"

namespace wsm::sim {
namespace {

struct Arguments {
  std::uint64_t seed = 1;
  std::uint64_t first = 1;
  std::uint64_t seeds = 100;
  double hours = 10;
  unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
  bool has_trace = false;
  bool runs_twice = false;
  bool is_by_one = false;
  std::uint64_t switchovers = 1000;
  std::string file;
};

void print_totals(const Totals& totals) {
  const auto kinds = std::ranges::count_if(totals.faults, [](auto count) { return count > 0; });
  std::printf(
      "delivered %llu, lost with connections %llu, dials %llu, trips of circuit "
      "breakers %llu, switchovers %llu, moves %llu (%llu proven)\n",
      static_cast<unsigned long long>(totals.delivered),
      static_cast<unsigned long long>(totals.lost), static_cast<unsigned long long>(totals.dials),
      static_cast<unsigned long long>(totals.circuit_breaker_trips),
      static_cast<unsigned long long>(totals.switchovers),
      static_cast<unsigned long long>(totals.moves),
      static_cast<unsigned long long>(totals.moves_proven));
  std::printf(
      "%llu replacements and moves proven; messages lost in them, by the world's fault: %llu\n",
      static_cast<unsigned long long>(totals.proven),
      static_cast<unsigned long long>(totals.excused));
  std::printf("%td kinds of fault\n", kinds);
  for (std::size_t fault = 0; fault < kFaultCount; ++fault) {
    std::printf("  %-18s %10llu\n", std::string{to_string(static_cast<Fault>(fault))}.c_str(),
                static_cast<unsigned long long>(totals.faults[fault]));
  }
}

int run_one(const Arguments& arguments) {
  const Task task{arguments.seed, from_hours(arguments.hours), !arguments.is_by_one};
  const Outcome outcome = run_world({.seed = task.seed,
                                     .chaos = task.chaos,
                                     .has_all_numbers = task.has_all_numbers,
                                     .trace = arguments.has_trace ? stdout : nullptr},
                                    arguments.runs_twice);
  if (outcome.failure) {
    if (!arguments.has_trace) std::fputs(outcome.last_events.c_str(), stdout);
    std::printf("%s\n", failure_line(task, *outcome.failure).c_str());
    return 1;
  }
  std::printf("seed %llu: %s simulated, %llu events, trace %016llx\n",
              static_cast<unsigned long long>(task.seed), clock_text(outcome.simulated).c_str(),
              static_cast<unsigned long long>(outcome.tasks),
              static_cast<unsigned long long>(outcome.trace_hash));
  print_totals(outcome);
  return 0;
}

int run_many(const std::vector<Task>& tasks, const Arguments& arguments) {
  const bool shows_progress = isatty(STDERR_FILENO) != 0;
  std::size_t told = 0;
  std::uint64_t hash = kHashSeed;
  const std::clock_t began = std::clock();
  const Tally tally =
      run_swarm(tasks, {.jobs = arguments.jobs, .runs_twice = arguments.runs_twice},
                [&](const Task& task, const Outcome& outcome) {
                  hash = mix(hash, outcome.trace_hash);
                  if (outcome.failure)
                    std::printf("%s\n", failure_line(task, *outcome.failure).c_str());
                  ++told;
                  if (shows_progress)
                    std::fprintf(stderr, "\r%zu of %zu worlds", told, tasks.size());
                });
  if (shows_progress) std::fputs("\r\033[K", stderr);
  const double cpu = static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
  const double simulated = std::chrono::duration<double>(tally.simulated).count();
  std::printf("%llu worlds, %.0f simulated hours, %.1f s of CPU (%.0f simulated seconds each)\n",
              static_cast<unsigned long long>(tally.worlds), simulated / 3600, cpu,
              simulated / std::max(cpu, 1e-9));
  print_totals(tally);
  std::printf("trace of all: %016llx\n%llu failed\n", static_cast<unsigned long long>(hash),
              static_cast<unsigned long long>(tally.failed));
  return tally.failed == 0 ? 0 : 1;
}

int run_swarm_command(const Arguments& arguments) {
  std::vector<Task> tasks;
  for (std::uint64_t i = 0; i < arguments.seeds; ++i) {
    tasks.push_back({arguments.first + i, from_hours(arguments.hours), !arguments.is_by_one});
  }
  return run_many(tasks, arguments);
}

/// A line is `SEED HOURS [by-one]  # what it found`.
int run_replay(const Arguments& arguments) {
  std::ifstream file{arguments.file};
  if (!file) {
    std::fprintf(stderr, "wsm_sim: cannot read %s\n", arguments.file.c_str());
    return 2;
  }
  std::vector<Task> tasks;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    std::istringstream words{line.substr(0, line.find('#'))};
    std::uint64_t seed = 0;
    double hours = 0;
    if ((words >> std::ws).eof()) continue;
    if (!(words >> seed >> hours)) {
      std::fprintf(stderr, "wsm_sim: %s:%d: not `SEED HOURS`\n", arguments.file.c_str(), number);
      return 2;
    }
    std::string numbers;
    words >> numbers;
    tasks.push_back({seed, from_hours(hours), numbers != "by-one"});
  }
  return run_many(tasks, arguments);
}

std::string rush_failure_line(const RushPlan& plan, const std::string& fault) {
  return "FAILED: wsm_sim rush --seed " + std::to_string(plan.seed) + " --switchovers " +
         std::to_string(plan.switchovers) + ": " + std::string{to_string(plan.feed)} + ": " + fault;
}

void print_rush(const RushPlan& plan, const RushReport& report) {
  std::printf("%-9s %6.0f s, %llu messages arrived, %llu connections killed;",
              std::string{to_string(plan.feed)}.c_str(),
              std::chrono::duration<double>(report.simulated).count(),
              static_cast<unsigned long long>(report.arrived),
              static_cast<unsigned long long>(report.killed));
  for (const auto& [outcome, count] : report.outcomes) {
    std::printf(" %llu %s", static_cast<unsigned long long>(count),
                std::string{to_string(outcome)}.c_str());
  }
  std::printf("; lost with all who had them %llu, lost otherwise %llu, misplaced %llu\n",
              static_cast<unsigned long long>(report.lost),
              static_cast<unsigned long long>(report.lost_needlessly),
              static_cast<unsigned long long>(report.misplaced));
  std::printf(
      "          not judged: %llu times a topic that was not proven when its connection died, "
      "%llu messages of them; there %llu lost otherwise, %llu repeated\n",
      static_cast<unsigned long long>(report.excused.topics),
      static_cast<unsigned long long>(report.excused.messages),
      static_cast<unsigned long long>(report.excused.lost),
      static_cast<unsigned long long>(report.excused.repeated));
  if (report.fault) std::printf("%s\n", rush_failure_line(plan, *report.fault).c_str());
}

/// All kinds of feed at the same time.
int run_rush(const Arguments& arguments) {
  std::vector<RushPlan> plans;
  for (const RushFeedKind feed : kRushFeedKinds) {
    plans.push_back({arguments.seed, arguments.switchovers, feed});
  }
  std::vector<RushReport> reports(plans.size());
  const std::clock_t began = std::clock();
  {
    std::vector<std::jthread> threads;
    for (std::size_t place = 0; place < plans.size(); ++place) {
      threads.emplace_back([&, place] {
        const LastWords words{rush_failure_line(plans[place], "aborted")};
        reports[place] = Rush{plans[place]}.run();
      });
    }
  }
  bool is_well = true;
  for (std::size_t place = 0; place < plans.size(); ++place) {
    print_rush(plans[place], reports[place]);
    is_well = is_well && !reports[place].fault;
  }
  std::printf("%.0f s of CPU\n", static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC);
  return is_well ? 0 : 1;
}

}  // namespace
}  // namespace wsm::sim

int main(int argc, char** argv) {
  wsm::sim::Arguments arguments;
  CLI::App app{"Runs the real supervisor in simulated worlds, in virtual time."};
  app.require_subcommand(1);
  auto* run = app.add_subcommand("run", "One world; prints what happened at last if it fails.");
  run->add_option("--seed", arguments.seed, "Which world")->required();
  auto* swarm = app.add_subcommand("swarm", "Many worlds; a line for each that fails.");
  swarm->add_option("--seeds", arguments.seeds, "How many")->capture_default_str();
  swarm->add_option("--first", arguments.first, "The first seed")->capture_default_str();
  auto* replay = app.add_subcommand("replay", "The worlds that are listed in a file.");
  replay->add_option("file", arguments.file, "Lines of `SEED HOURS`")->required();
  auto* rush = app.add_subcommand(
      "rush", "Switchovers at 10,000 messages a second, with sides that die at any step.");
  rush->add_option("--seed", arguments.seed, "Which draws")->capture_default_str();
  rush->add_option("--switchovers", arguments.switchovers, "How many, of each kind of feed")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  for (auto* command : {run, swarm}) {
    command->add_option("--hours", arguments.hours, "Chaos for so long, virtually")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
  }
  for (auto* command : {swarm, replay}) {
    command->add_option("--jobs", arguments.jobs, "Worlds at a time")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
  }
  for (auto* command : {run, swarm, replay}) {
    command->add_flag("--twice", arguments.runs_twice, "Run each twice and compare the traces");
  }
  for (auto* command : {run, swarm}) {
    command->add_flag("--by-one", arguments.is_by_one,
                      "No snapshots, chains, or numbers of connections");
  }
  run->add_flag("--trace", arguments.has_trace, "Print every event");
  CLI11_PARSE(app, argc, argv);
  if (run->parsed()) return wsm::sim::run_one(arguments);
  if (rush->parsed()) return wsm::sim::run_rush(arguments);
  if (replay->parsed()) return wsm::sim::run_replay(arguments);
  return wsm::sim::run_swarm_command(arguments);
}
