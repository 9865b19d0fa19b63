// What a Shard does when it turns out that the way to a server is another one: redirects, proxies.

#include <algorithm>
#include <string>

#include "core/recovery/retry_verdict.h"
#include "core/shard/shard.h"
#include "wire/excerpt.h"
#include "wire/redirect.h"

namespace wsm {

/// Has the next line go where that of `line` has said. Else the refusal stands, with the reason.
void Shard::consider_redirect(Line& line) {
  const std::string& location = line.connection.reason()->location;
  if (location.empty()) {
    redirects_ = 0;
    return;
  }
  const auto target = follow_redirect(line.connection.url(), location);
  if (!target) return refuse_redirect(line, target.error().detail);
  if (redirects_ >= settings_.max_redirects) {
    return refuse_redirect(line, "more than max_redirects in a row");
  }
  ++redirects_;
  detour_ = {.url = target->text(), .is_redirect = true, .place = line.place};
  line.is_redirected = true;
}

/// The next attempt begins from the handler's URL again.
void Shard::refuse_redirect(Line& line, const std::string& why) {
  redirects_ = 0;
  DisconnectReason reason = *line.connection.reason();
  reason.detail += "; not followed: " + excerpt(why);
  line.connection.replace_reason(std::move(reason));
}

/// The active line was redirected, and is gone: goes there now, or when the server has said. That
/// is no failure.
void Shard::go_where_redirected(const DisconnectReason& reason, TimePoint now) {
  if (!reason.retry_after) return connect(now);
  stop_waiting(now);
  begin_backoff();
  asked_about_.reset();
  const Duration delay = obeyed_delay(settings_.backoff, *reason.retry_after, rng_);
  retry_at(std::max(now + delay, no_dial_before_), now);
}

/// A proxy that has not opened the way in time is as one that has said no: nothing is known of the
/// server.
void Shard::consider_proxy(Line& line) {
  const bool is_timeout = line.connection.reason()->kind == DisconnectKind::kConnectTimeout;
  if (!line.proxy || line.is_dialed || !is_timeout) return;
  line.connection.replace_reason({.kind = DisconnectKind::kProxyFailed,
                                  .detail = proxies_.name(line.proxy->proxy) +
                                            ": did not open the way within connect_timeout"});
}

/// What a proxy says about waiting holds for itself: the shard waits until any may be tried.
void Shard::limit_wait(DisconnectReason& reason, TimePoint now) const {
  if (reason.kind != DisconnectKind::kProxyFailed || !reason.retry_after) return;
  reason.retry_after = proxies_.next_due() > now ? std::optional{proxies_.next_due() - now}
                                                 : std::optional<Duration>{};
}

/// `line` has come to the server.
void Shard::note_way_open(const Line& line) {
  sources_.handle_worked(line.source);
  if (line.proxy) proxies_.handle_opened(*line.proxy);
}

/// `line` has ended before it was open: what does that say about the way it took?
void Shard::conclude_way(const Line& line, TimePoint now) {
  if (!line.endpoint || line.is_dialed) return;
  if (line.connection.reason()->kind == DisconnectKind::kSourceFailed) {
    sources_.handle_failed(line.source, line.dialed_at, now);
  } else {
    sources_.handle_given_up(line.source, line.dialed_at);
  }
  if (line.proxy) conclude_proxy(line, now);
}

void Shard::conclude_proxy(const Line& line, TimePoint now) {
  const DisconnectReason& reason = *line.connection.reason();
  switch (reason.kind) {
    case DisconnectKind::kProxyFailed:
      return proxies_.handle_failed(*line.proxy, reason.retry_after, now);
    case DisconnectKind::kConnectFailed:
    case DisconnectKind::kTlsFailed: return proxies_.handle_opened(*line.proxy);
    default: return proxies_.handle_given_up(*line.proxy);
  }
}

}  // namespace wsm
