#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include <wsm/error.h>

#include "core/recovery/retry_verdict.h"

namespace wsm {

/// The tables behind classify(); docs/recovery.md prints them.
///
/// "Stop" stands only where we have ended a connection ourselves and nothing is left to connect
/// for. No fault of a server or a network is final: what is desired must always come back, also
/// from a server that was misconfigured for a week. What cannot help soon is tried slowly.

struct KindVerdict {
  DisconnectKind kind;
  RetryVerdict verdict;
  std::string_view why;
};

inline constexpr std::array kKindVerdicts = std::to_array<KindVerdict>({
    {DisconnectKind::kHookFailed, RetryVerdict::kRetry, "what a hook asks for may be back soon"},
    {DisconnectKind::kInvalidUrl, RetryVerdict::kRetrySlowly, "the hook will say the same again"},
    {DisconnectKind::kResolveFailed, RetryVerdict::kRetry, "name servers come back"},
    {DisconnectKind::kConnectFailed, RetryVerdict::kRetry,
     "refused, unreachable or reset: an outage, or a restart"},
    {DisconnectKind::kTlsFailed, RetryVerdict::kRetrySlowly,
     "a certificate does not change within seconds"},
    {DisconnectKind::kSourceFailed, RetryVerdict::kRetry,
     "another address of ours may do, or this one soon"},
    {DisconnectKind::kProxyFailed, RetryVerdict::kRetry, "another proxy may do, or this one soon"},
    {DisconnectKind::kUpgradeRefused, RetryVerdict::kRetrySlowly,
     "no HTTP status to go by: this is no WebSocket server"},
    {DisconnectKind::kConnectTimeout, RetryVerdict::kRetry, "the attempt itself took its time"},
    {DisconnectKind::kConnectionLost, RetryVerdict::kRetry, "ordinary life"},
    {DisconnectKind::kClosedByServer, RetryVerdict::kRetry, "without a close code"},
    {DisconnectKind::kProtocolError, RetryVerdict::kRetrySlowly,
     "the server will send the same again"},
    {DisconnectKind::kPongTimeout, RetryVerdict::kRetry,
     "that connection was dead, not the server"},
    {DisconnectKind::kDataTimeout, RetryVerdict::kRetry, "the same"},
    {DisconnectKind::kReplaced, RetryVerdict::kStop, "our own: the newer connection serves"},
    {DisconnectKind::kRequested, RetryVerdict::kStop,
     "our own: nothing left to carry; reconnect_shard() connects at once"},
    {DisconnectKind::kStopped, RetryVerdict::kStop, "our own: stop()"},
});

/// About the numbers from `first` to `last`; the first row that has a number decides.
struct NumberVerdict {
  unsigned first;
  unsigned last;
  RetryVerdict verdict;
  std::string_view why;
};

/// RFC 9110, section 15, RFC 6585 and RFC 8470, for a refused upgrade.
inline constexpr std::array kStatusVerdicts = std::to_array<NumberVerdict>({
    {401, 401, RetryVerdict::kRefreshCredentials, "unauthorized: a new token may do"},
    {403, 403, RetryVerdict::kRetrySlowly,
     "forbidden: firewalls answer bans so, and those grow with every quick attempt"},
    {408, 408, RetryVerdict::kRetry, "request timeout: passes"},
    {425, 425, RetryVerdict::kRetry, "too early: passes"},
    {429, 429, RetryVerdict::kRetrySlowly, "too many requests: asks for patience"},
    {501, 501, RetryVerdict::kRetrySlowly, "not implemented: stays"},
    {503, 503, RetryVerdict::kRetrySlowly, "unavailable: asks for patience"},
    {505, 505, RetryVerdict::kRetrySlowly, "HTTP version not supported: stays"},
    {500, 599, RetryVerdict::kRetry, "other faults of a server pass"},
    {0, 999, RetryVerdict::kRetrySlowly,
     "pages, redirects, and what is wrong with the request stay"},
});

/// RFC 6455, section 7.4.1, and IANA's registry of close codes.
inline constexpr std::array kCloseVerdicts = std::to_array<NumberVerdict>({
    {1002, 1002, RetryVerdict::kRetrySlowly, "protocol error: blames what we send"},
    {1003, 1003, RetryVerdict::kRetrySlowly, "unsupported data: blames what we send"},
    {1007, 1007, RetryVerdict::kRetrySlowly, "invalid payload: blames what we send"},
    {1008, 1008, RetryVerdict::kRetrySlowly, "policy violation: a limit, or a ban to come"},
    {1009, 1009, RetryVerdict::kRetrySlowly, "message too big: blames what we send"},
    {1010, 1010, RetryVerdict::kRetrySlowly, "extension missing: stays"},
    {1012, 1012, RetryVerdict::kRetry, "service restart: full jitter spreads who comes back"},
    {1013, 1013, RetryVerdict::kRetrySlowly, "try again later: asks for patience"},
    {1014, 1014, RetryVerdict::kRetry, "bad gateway: passes"},
    {1000, 2999, RetryVerdict::kRetry, "done, going away, internal error: ordinary life"},
    {3000, 3000, RetryVerdict::kRefreshCredentials, "unauthorized: a new token may do"},
    {3003, 3003, RetryVerdict::kRetrySlowly, "forbidden: as HTTP's 403"},
    {3008, 3008, RetryVerdict::kRetry, "timeout: passes"},
    {3001, 3999, RetryVerdict::kRetry, "of a library or framework"},
    {0, 65535, RetryVerdict::kRetry, "the server's own: only on_error knows what it means"},
});

}  // namespace wsm
