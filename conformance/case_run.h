#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <wsm/result.h>
#include <wsm/types.h>

namespace wsm::conformance {

/// A fuzzing server and the name under which it keeps our results.
struct Judge {
  std::string url;  ///< Without a path: ws://127.0.0.1:9001.
  std::string agent;
  Duration patience;  ///< For one case.
};

/// Cases by number, from 1; both ends belong to it.
struct CaseRange {
  unsigned first = 1;
  unsigned last = 0;
};

/// Reads "7" or "1-100".
[[nodiscard]] std::optional<CaseRange> parse_case_range(std::string_view text);

/// How many cases the judge has. Errors: in words.
[[nodiscard]] Result<unsigned, std::string> ask_case_count(const Judge& judge);

/// Runs the cases, `jobs` at a time, with progress on stderr. Returns how many could not be run to
/// their end.
[[nodiscard]] unsigned run_cases(const Judge& judge, CaseRange cases, unsigned jobs);

/// Lets the judge write its reports. Errors: in words.
[[nodiscard]] Result<void, std::string> ask_for_reports(const Judge& judge);

}  // namespace wsm::conformance
