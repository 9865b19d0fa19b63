#include "case_run.h"

#include <atomic>
#include <charconv>
#include <cstdio>
#include <system_error>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "percent_encode.h"
#include "visit.h"

namespace wsm::conformance {
namespace {

constexpr unsigned kProgressEvery = 25;

std::optional<unsigned> parse_number(std::string_view text) {
  unsigned number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || rest != end) return std::nullopt;
  return number;
}

// fmt::print() would throw on a full disk.
void tell(const std::string& line) { std::fwrite(line.data(), 1, line.size(), stderr); }

bool run_case(const Judge& judge, unsigned number) {
  const auto url =
      fmt::format("{}/runCase?case={}&agent={}", judge.url, number, percent_encode(judge.agent));
  const VisitReport report = visit(url, Manners::kEcho, judge.patience);
  if (report.has_begun && report.has_ended) return true;
  tell(fmt::format("case {}: {}: {}\n", number,
                   report.has_ended ? "not opened" : "did not end in time", report.end));
  return false;
}

}  // namespace

std::optional<CaseRange> parse_case_range(std::string_view text) {
  const std::size_t dash = text.find('-');
  const auto first = parse_number(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : parse_number(text.substr(dash + 1));
  if (!first || !last || *first == 0 || *last < *first) return std::nullopt;
  return CaseRange{*first, *last};
}

Result<unsigned, std::string> ask_case_count(const Judge& judge) {
  const VisitReport report = visit(judge.url + "/getCaseCount", Manners::kListen, judge.patience);
  const auto count = parse_number(report.first_text);
  if (count) return *count;
  return Failure{fmt::format("{}/getCaseCount gave no number (\"{}\"): {}", judge.url,
                             report.first_text, report.end)};
}

unsigned run_cases(const Judge& judge, CaseRange cases, unsigned jobs) {
  std::atomic<unsigned> next = cases.first;
  std::atomic<unsigned> done = 0;
  std::atomic<unsigned> failures = 0;
  const unsigned count = cases.last - cases.first + 1;
  const auto work = [&] {
    for (unsigned number = next++; number <= cases.last; number = next++) {
      if (!run_case(judge, number)) ++failures;
      const unsigned so_far = ++done;
      if (so_far % kProgressEvery == 0 || so_far == count) {
        tell(fmt::format("{} of {} cases run\n", so_far, count));
      }
    }
  };
  std::vector<std::thread> workers;
  for (unsigned i = 0; i < jobs; ++i) workers.emplace_back(work);
  for (std::thread& worker : workers) worker.join();
  return failures;
}

Result<void, std::string> ask_for_reports(const Judge& judge) {
  const auto url = fmt::format("{}/updateReports?agent={}", judge.url, percent_encode(judge.agent));
  const VisitReport report = visit(url, Manners::kListen, judge.patience);
  if (report.has_begun && report.has_ended) return {};
  return Failure{fmt::format("{}: {}", url, report.end)};
}

}  // namespace wsm::conformance
