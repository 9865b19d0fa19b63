// What a Shard does when a server says that it is going to close.

#include <algorithm>
#include <utility>

#include "core/recovery/backoff.h"
#include "core/shard/shard.h"
#include "wire/excerpt.h"
#include "wire/redirect.h"
#include "wire/url.h"

namespace wsm {

void Shard::handle_drain_notice(Line& line, const Inspected& notice, TimePoint now) {
  event::DrainNoticed noticed{id_, line.generation};
  if (!notice.next_url.empty()) {
    noticed.endpoint = endpoint_of(notice.next_url);
    if (const auto followed = follow(line, notice.next_url); !followed) {
      noticed.refusal = excerpt(to_string(followed.error()));
    }
  }
  out_.events.emplace_back(std::move(noticed));
  if (&line != active_.get() && &line != standby_.get()) return;  // It is on its way out already.
  line.is_drained = true;
  pass_over(line);
  leave_drained(now);
}

Result<void> Shard::follow(const Line& line, const std::string& url) {
  const auto parsed = parse_url(url);
  if (!parsed) return Failure{parsed.error()};
  auto kept = check_tls_is_kept(line.connection.url(), *parsed);
  if (kept) detour_ = {.url = url};
  return kept;
}

/// A server that says it to whoever comes must not be called at full speed: the second connection
/// that it says it to is left after a backoff, and so on until one has been stable.
void Shard::space_out_drains(TimePoint now) {
  const Generation drained = active_->generation;
  const bool is_spaced_out = std::exchange(spaced_out_, drained) == drained;
  if (drains_ == 0 || is_spaced_out) return;
  const TimePoint due = now + backoff_delay(settings_.backoff, drains_, rng_);
  no_switchover_before_ = std::max(no_switchover_before_, due);
}

/// Replaces the connection that serves, if its server is going to close it. Where another
/// switchover is under way, that one does it; if it fails, the renewal after it does.
void Shard::leave_drained(TimePoint now) {
  if (status_ != ShardStatus::kLive || !active_->is_drained || is_switching()) return;
  space_out_drains(now);
  if (now < no_switchover_before_) {
    return deadlines_.set(Timer::kRenewal, no_switchover_before_);
  }
  ++drains_;
  if (settings_.hot_switchover && plan_switchover(SwitchoverTrigger::kDrainNotice, now)) return;
  break_service({.kind = DisconnectKind::kReplaced, .detail = "drain notice"}, now);
  connect(now);
}

}  // namespace wsm
