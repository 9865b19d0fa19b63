// What a Shard does about its failures: when it tries again, and when it counts as suspended.

#include <algorithm>
#include <utility>

#include "core/recovery/backoff.h"
#include "core/shard/shard.h"

namespace wsm {

void Shard::ask_about_error(const Line& line, const DisconnectReason& reason) {
  ++out_.counters.errors;
  out_.actions.emplace_back(action::AskAboutError{id_of(line), reason});
}

/// No line is left that serves or could: after one more failure, when is the next attempt?
/// on_error has been asked about `failed`.
void Shard::schedule_reconnect(Generation failed, const DisconnectReason& reason, TimePoint now) {
  stop_waiting(now);
  if (deadlines_.take_expired(Timer::kStable, now)) forget_failures();
  ++failures_;
  begin_backoff();
  asked_about_ = failed;
  failed_at_ = now;
  retry_after_ = reason.retry_after;
  plan_retry(classify(reason), now);
}

void Shard::begin_backoff() {
  deadlines_.clear_all();
  if (is_to_be_suspended()) {
    suspend(/*is_probed=*/true);
  } else {
    enter(ShardStatus::kBackingOff);
  }
}

void Shard::handle_error_answer(Generation generation, ErrorAnswer answer, TimePoint now) {
  if (asked_about_standby_ == generation) {
    // All else is for who has no connection that serves.
    if (answer == ErrorAnswer::kRefreshCredentials) credentials_.handle_refused();
    return asked_about_standby_.reset();
  }
  if (asked_about_ != generation) return;  // Too late, or it was overtaken by reconnect().
  asked_about_.reset();
  const RetryVerdict verdict = overrule(verdict_, answer);
  if (verdict == RetryVerdict::kStop) return suspend(/*is_probed=*/false);
  if (verdict == verdict_) return deadlines_.set(Timer::kRetry, std::max(retry_at_, now));
  if (verdict_ == RetryVerdict::kRefreshCredentials) credentials_.take_back();
  plan_retry(verdict, now);
}

/// The backoff counts from the failure, however long on_error has thought about it.
void Shard::plan_retry(RetryVerdict verdict, TimePoint now) {
  verdict_ = verdict;
  if (verdict == RetryVerdict::kRefreshCredentials) credentials_.handle_refused();
  Duration delay = reconnect_delay(
      settings_.backoff, {verdict, failures_, credentials_.refusals(), retry_after_}, rng_);
  if (is_to_be_suspended()) {
    const Duration longest = settings_.backoff.max_delay;
    delay = std::max(delay, uniform_delay(longest / 2, longest, rng_));
  }
  retry_at(std::max({failed_at_ + delay, no_dial_before_, now}), now);
}

void Shard::retry_at(TimePoint time, TimePoint now) {
  retry_at_ = time;
  deadlines_.set(Timer::kRetry, time);
  out_.events.emplace_back(event::ReconnectScheduled{id_, failures_, time - now});
}

/// The backoff is over; but on_error may still say stop, if it does not take for ever over it.
void Shard::retry(TimePoint now) {
  const TimePoint patience_ends = failed_at_ + settings_.connection.connect_timeout;
  if (!asked_about_ || now >= patience_ends) return connect(now);
  deadlines_.set(Timer::kRetry, patience_ends);
}

void Shard::suspend(bool is_probed) {
  deadlines_.clear_all();
  is_suspended_ = true;
  if (status_ != ShardStatus::kSuspended) enter(ShardStatus::kSuspended);
  // Told once, not at every probe that fails.
  if (std::exchange(is_suspension_told_, is_probed) && is_probed) return;
  out_.events.emplace_back(event::ShardSuspended{id_, failures_, is_probed});
}

void Shard::forget_failures() {
  failures_ = 0;
  credentials_.forget();
}

}  // namespace wsm
