// What a Shard knows of single subscriptions: answers, rejections, silence.

#include <utility>

#include "core/recovery/backoff.h"
#include "core/shard/shard.h"

namespace wsm {

void Shard::handle_inspected(Generation generation, const Inspected& inspected, TimePoint now) {
  Line* line = find(generation);
  if (!line) return;
  switch (inspected.role) {
    case MessageRole::kData:
      line->connection.handle_data();
      if (inspected.subscription && line->tracker) {
        line->tracker->handle_data(*inspected.subscription, now);
      }
      return;
    case MessageRole::kAcknowledgement:
    case MessageRole::kRejection: return handle_answer(*line, inspected, now);
    case MessageRole::kDrainNotice: return handle_drain_notice(*line, now);
    case MessageRole::kUndecided:
    case MessageRole::kHeartbeat:
    case MessageRole::kOther: return;
  }
}

void Shard::renew(SubscriptionId id, TimePoint now) {
  if (!active_ || !active_->batcher) return;
  active_->batcher->renew(id);
  request_subscriptions(*active_, now);
}

/// What is refused on a standby is refused to the shard: it would be gone after the switchover.
void Shard::handle_answer(Line& line, const Inspected& answer, TimePoint now) {
  if (!line.tracker) return;  // It is not in service any more.
  const auto refused = line.tracker->handle_answer(answer, now);
  if (refused.empty()) return;
  out_.counters.rejections += refused.size();
  out_.events.emplace_back(
      event::SubscriptionsRejected{id_, line.generation, refused.size(), answer.detail});
  const Duration longest = settings_.backoff.max_delay;
  for (const SubscriptionId id : refused) {
    if (desired_.contains(id)) {
      std::optional<TimePoint> retry_at;
      if (answer.may_retry) retry_at = now + uniform_delay(longest / 2, longest, rng_);
      rejected_.add(id, {now, retry_at, answer.detail});
    }
    line.batcher->handle_refused(id);
    release_if_unheld(id);
  }
  request_subscriptions(line, now);
}

void Shard::handle_drain_notice(const Line& line, TimePoint now) {
  out_.events.emplace_back(event::DrainNoticed{id_, line.generation});
  const bool is_serving = &line == active_.get() && status_ == ShardStatus::kLive;
  if (!is_serving || is_switching()) return;
  if (settings_.hot_switchover && plan_switchover(SwitchoverTrigger::kDrainNotice, now)) return;
  retire(take_active(now), {.kind = DisconnectKind::kReplaced, .detail = "drain notice"}, now);
  connect(now);
}

/// Asks again where no answer came, and finds the silent ones.
void Shard::look_after_subscriptions(Line& line, TimePoint now) {
  if (!line.tracker) return;
  const auto overdue = line.tracker->take_overdue(now);
  if (!overdue.empty()) {
    ++out_.counters.acknowledgements_overdue;
    out_.events.emplace_back(event::AcknowledgementOverdue{id_, line.generation, overdue.size()});
    for (const SubscriptionId id : overdue) line.batcher->ask_again(id);
  }
  const auto silent = line.tracker->take_silent(now);
  if (&line != active_.get() || silent.empty()) return;
  out_.counters.stalls += silent.size();
  out_.events.emplace_back(event::SubscriptionStalled{id_, silent.size()});
  silent_.insert(silent_.end(), silent.begin(), silent.end());
}

void Shard::retry_rejected(TimePoint now) {
  const auto due = rejected_.take_due(now);
  if (due.empty()) return;
  for (Line* line : {active_.get(), standby_.get()}) {
    if (!line || !line->batcher) continue;
    for (const SubscriptionId id : due) line->batcher->want(id);
    request_subscriptions(*line, now);
  }
}

SubscriptionState Shard::state(SubscriptionId id, TimePoint desired_since, TimePoint now) const {
  if (const auto* rejection = rejected_.find(id)) {
    return {SubscriptionStatus::kRejected, id_, now - rejection->since, {}, rejection->detail};
  }
  if (active_ && active_->tracker) {
    if (const auto known = active_->tracker->state(id, now)) {
      return {known->status, id_, known->since, known->since_data, {}};
    }
  }
  // What is not requested now has not been since an open connection last stopped serving.
  if (interrupted_at_) desired_since = std::max(desired_since, *interrupted_at_);
  return {SubscriptionStatus::kDesired, id_, now - desired_since, {}, {}};
}

}  // namespace wsm
