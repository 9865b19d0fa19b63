#include "core/recovery/retry_verdict.h"

#include <algorithm>

#include "core/recovery/backoff.h"
#include "wire/close_code.h"

namespace wsm {
namespace {

RetryVerdict classify_status(unsigned status) {
  // 429 and 503 ask for patience; other 5xx and 408 pass; the rest of 4xx, redirects and odd 2xx
  // answers will be the same next time.
  if (status == 408) return RetryVerdict::kRetry;
  if (status == 503) return RetryVerdict::kRetrySlowly;
  return status >= 500 ? RetryVerdict::kRetry : RetryVerdict::kRetrySlowly;
}

RetryVerdict classify_close(std::uint16_t code) {
  switch (static_cast<CloseCode>(code)) {
    case CloseCode::kProtocolError:
    case CloseCode::kUnsupportedData:
    case CloseCode::kInvalidPayload:
    case CloseCode::kPolicyViolation:
    case CloseCode::kMessageTooBig:
    case CloseCode::kMandatoryExtension:
    case CloseCode::kTryAgainLater: return RetryVerdict::kRetrySlowly;
    default: return RetryVerdict::kRetry;
  }
}

}  // namespace

RetryVerdict classify(const DisconnectReason& reason) {
  switch (reason.kind) {
    case DisconnectKind::kInvalidUrl:
    case DisconnectKind::kTlsFailed:
    case DisconnectKind::kProtocolError: return RetryVerdict::kRetrySlowly;
    case DisconnectKind::kUpgradeRefused:
      return reason.http_status ? classify_status(*reason.http_status) : RetryVerdict::kRetrySlowly;
    case DisconnectKind::kClosedByServer:
      return reason.close_code ? classify_close(*reason.close_code) : RetryVerdict::kRetry;
    case DisconnectKind::kHookFailed:
    case DisconnectKind::kResolveFailed:
    case DisconnectKind::kConnectFailed:
    case DisconnectKind::kConnectTimeout:
    case DisconnectKind::kConnectionLost:
    case DisconnectKind::kPongTimeout:
    case DisconnectKind::kDataTimeout:
    case DisconnectKind::kReplaced:
    case DisconnectKind::kRequested:
    case DisconnectKind::kStopped: return RetryVerdict::kRetry;
  }
  return RetryVerdict::kRetry;
}

Duration reconnect_delay(const BackoffOptions& options, const DisconnectReason& reason,
                         std::uint32_t failures, Rng& rng) {
  const Duration delay = classify(reason) == RetryVerdict::kRetry
                             ? backoff_delay(options, failures, rng)
                             : uniform_delay(options.max_delay / 2, options.max_delay, rng);
  if (!reason.retry_after) return delay;
  // All shards may have been told the same time: they come back spread over what follows it.
  return std::max(delay, *reason.retry_after + uniform_delay({}, options.max_delay / 10, rng));
}

}  // namespace wsm
