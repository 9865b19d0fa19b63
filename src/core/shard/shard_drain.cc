// What a Shard does when a server says that it is going to close.

#include <algorithm>

#include "core/shard/shard.h"
#include "wire/url.h"

namespace wsm {

void Shard::handle_drain_notice(const Line& line, const Inspected& notice, TimePoint now) {
  event::DrainNoticed noticed{id_, line.generation};
  if (!notice.next_url.empty()) {
    noticed.endpoint = endpoint_of(notice.next_url);
    if (const auto followed = follow(line, notice.next_url); !followed) {
      noticed.refusal = to_string(followed.error());
    }
  }
  out_.events.emplace_back(std::move(noticed));
  if (&line != active_.get() && &line != standby_.get()) return;  // It is on its way out already.
  drained_ = line.generation;
  pass_over(line);
  leave_drained(now);
}

/// Whoever can write into a connection without being heard must not gain by it: from wss to ws
/// everything would be read by everybody on the way.
Result<void> Shard::follow(const Line& line, const std::string& url) {
  const auto parsed = parse_url(url);
  if (!parsed) return Failure{parsed.error()};
  if (line.connection.is_tls() && !parsed->is_tls) {
    return Failure{Error{Errc::kInvalidArgument, "from wss to ws"}};
  }
  directed_ = url;
  return {};
}

/// Replaces the connection that serves, if its server is going to close it. Where another
/// switchover is under way, that one does it; if it fails, the renewal after it does.
void Shard::leave_drained(TimePoint now) {
  if (status_ != ShardStatus::kLive || drained_ != active_->generation || is_switching()) return;
  if (now < no_switchover_before_) {
    return deadlines_.set(Timer::kRenewal, no_switchover_before_);
  }
  if (settings_.hot_switchover && plan_switchover(SwitchoverTrigger::kDrainNotice, now)) return;
  break_service({.kind = DisconnectKind::kReplaced, .detail = "drain notice"}, now);
  connect(now);
}

}  // namespace wsm
