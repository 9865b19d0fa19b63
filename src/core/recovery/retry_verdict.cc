#include "core/recovery/retry_verdict.h"

#include <algorithm>
#include <span>

#include "base/assert.h"
#include "core/recovery/backoff.h"
#include "core/recovery/verdict_tables.h"

namespace wsm {
namespace {

/// The last row of each table has every number.
RetryVerdict look_up(std::span<const NumberVerdict> table, unsigned number) {
  const auto row = std::ranges::find_if(
      table, [&](const NumberVerdict& r) { return r.first <= number && number <= r.last; });
  return row == table.end() ? table.back().verdict : row->verdict;
}

RetryVerdict look_up(DisconnectKind kind) {
  const auto row = std::ranges::find(kKindVerdicts, kind, &KindVerdict::kind);
  WSM_ASSERT(row != kKindVerdicts.end());
  return row->verdict;
}

}  // namespace

RetryVerdict classify(const DisconnectReason& reason) {
  if (reason.kind == DisconnectKind::kUpgradeRefused && reason.http_status) {
    return look_up(kStatusVerdicts, *reason.http_status);
  }
  if (reason.kind == DisconnectKind::kClosedByServer && reason.close_code) {
    return look_up(kCloseVerdicts, *reason.close_code);
  }
  return look_up(reason.kind);
}

RetryVerdict overrule(RetryVerdict verdict, ErrorAnswer answer) {
  switch (answer) {
    case ErrorAnswer::kDefault: return verdict;
    case ErrorAnswer::kRetry: return RetryVerdict::kRetry;
    case ErrorAnswer::kRetrySlowly: return RetryVerdict::kRetrySlowly;
    case ErrorAnswer::kRefreshCredentials: return RetryVerdict::kRefreshCredentials;
    case ErrorAnswer::kStop: return RetryVerdict::kStop;
  }
  return verdict;
}

Duration obeyed_delay(const BackoffOptions& options, Duration retry_after, Rng& rng) {
  return retry_after + uniform_delay({}, options.max_delay / 10, rng);
}

Duration reconnect_delay(const BackoffOptions& options, const Failed& failed, Rng& rng) {
  WSM_ASSERT(failed.verdict != RetryVerdict::kStop);
  const bool is_slow = failed.verdict == RetryVerdict::kRetrySlowly ||
                       (failed.verdict == RetryVerdict::kRefreshCredentials && failed.refusals > 1);
  const Duration delay = is_slow ? uniform_delay(options.max_delay / 2, options.max_delay, rng)
                                 : backoff_delay(options, failed.in_a_row, rng);
  if (!failed.retry_after) return delay;
  return std::max(delay, obeyed_delay(options, *failed.retry_after, rng));
}

}  // namespace wsm
