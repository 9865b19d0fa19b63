#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <string>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include "case_run.h"

namespace {

using wsm::conformance::CaseRange;
using wsm::conformance::Judge;

constexpr int kOk = 0;
constexpr int kNotAllRun = 1;
constexpr int kUsage = 2;

int fail(int code, const std::string& problem) {
  const auto line = fmt::format("wsm_conformance: {}\n", problem);
  std::fwrite(line.data(), 1, line.size(), stderr);  // fmt::print() would throw on a full disk.
  return code;
}

int run(const Judge& judge, const std::string& cases, unsigned jobs) {
  const auto count = wsm::conformance::ask_case_count(judge);
  if (!count) return fail(kNotAllRun, count.error());
  CaseRange range{1, *count};
  if (!cases.empty()) {
    const auto wanted = wsm::conformance::parse_case_range(cases);
    if (!wanted) return fail(kUsage, "--cases: '" + cases + "' is neither 7 nor 1-100");
    range = {wanted->first, std::min(wanted->last, *count)};
  }
  if (range.last < range.first) {
    return fail(kUsage, fmt::format("--cases: the judge has {} cases", *count));
  }
  const unsigned failures = wsm::conformance::run_cases(judge, range, jobs);
  const auto reports = wsm::conformance::ask_for_reports(judge);
  if (!reports) return fail(kNotAllRun, reports.error());
  if (failures > 0) return fail(kNotAllRun, fmt::format("{} cases were not run", failures));
  return kOk;
}

int parse_and_run(int argc, char** argv) {
  CLI::App app{"The client of a WebSocket fuzzing server: echoes every case through this library.",
               "wsm_conformance"};
  Judge judge;
  std::string cases;
  unsigned jobs = 1;
  unsigned patience_seconds = 120;
  app.add_option("--url", judge.url, "The judge: ws://127.0.0.1:9001")->required();
  app.add_option("--agent", judge.agent, "Name in the judge's reports")->required();
  app.add_option("--jobs", jobs, "Cases at the same time (1)")->check(CLI::Range(1, 64));
  app.add_option("--cases", cases, "Only these: 7 or 1-100");
  app.add_option("--case-timeout", patience_seconds, "Seconds for one case (120)")
      ->check(CLI::PositiveNumber);
  app.footer(
      "Exit codes: 0 all cases were run, 1 some were not, 2 a wrong option. What the judge\n"
      "thinks of them stands in its own reports.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kOk : kUsage;
  }
  while (judge.url.ends_with('/')) judge.url.pop_back();
  judge.patience = std::chrono::seconds{patience_seconds};
  return run(judge, cases, jobs);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return parse_and_run(argc, argv);
  } catch (const std::exception& failure) {
    return fail(kNotAllRun, failure.what());
  }
}
