// What a Shard asks its servers for: one request after the other, when there is room for it.

#include <string>
#include <utility>

#include "core/shard/shard.h"

namespace wsm {

void Shard::handle_rendered(Generation generation, Result<std::optional<OutgoingMessage>> rendered,
                            TimePoint now) {
  Line* line = find(generation);
  if (!line || !line->batcher || !line->batcher->is_asking()) return;
  RequestBatcher& batcher = *line->batcher;
  std::optional<std::string> fault;
  bool is_queue_full = false;
  if (!rendered) {
    fault = to_string(rendered.error());
  } else if (const auto& message = *rendered) {
    if (!batcher.fits(message->size())) {
      fault = std::to_string(message->size()) + " bytes, more than bytes_per_message";
    } else if (const auto sent = line->connection.send_request(*message); !sent) {
      fault = to_string(sent.error());
      is_queue_full = sent.error().code == Errc::kSendQueueFull;
    }
  }
  if (!fault) {
    const auto batch = batcher.handle_sent(now);
    if (batch.kind == RequestKind::kSubscribe) {
      begin_joins(*line, batch.ids, now);
      line->tracker->handle_requested(batch.ids, *rendered ? (*rendered)->request() : std::nullopt,
                                      now);
      tell_changes(*line, now);
      out_.events.emplace_back(event::SubscriptionsRequested{id_, generation, batch.ids.size()});
    } else {
      for (const SubscriptionId ended : batch.ids) {
        line->tracker->handle_ended(ended);
        joins_.handle_told(ended, id_of(*line), now);
      }
      tell_changes(*line, now);
      out_.events.emplace_back(event::UnsubscriptionsRequested{id_, generation, batch.ids.size()});
    }
  } else {
    const std::size_t count =
        is_queue_full ? batcher.handle_unsent(now) : (batcher.handle_unfit(now) ? 1 : 0);
    if (count > 0) {
      out_.counters.subscription_send_failures += count;
      out_.events.emplace_back(event::SubscriptionSendFailed{id_, count, *std::move(fault)});
    }
  }
  request_subscriptions(*line, now);
}

/// To be asked for, if it is not. Returns true when the server was to be told to end it, and is not
/// now: that is as good as asked.
bool Shard::want(Line& line, SubscriptionId id, TimePoint now) {
  const bool is_served = line.batcher->want(id);
  if (is_served) begin_joins(line, {id}, now);
  return is_served;
}

void Shard::handle_room(TimePoint now) {
  if (active_) request_subscriptions(*active_, now);
}

void Shard::handle_room_for_standby(TimePoint now) {
  if (standby_) request_subscriptions(*standby_, now);
}

void Shard::handle_transmitted(Generation generation, TimePoint now) {
  if (Line* line = find(generation)) request_subscriptions(*line, now);
}

/// Asks for what `line` has not been asked for yet.
void Shard::request_subscriptions(Line& line, TimePoint now) {
  if (!line.batcher) return;
  if (auto batch = may_ask(line, now) ? line.batcher->take_batch() : std::nullopt) {
    out_.actions.emplace_back(action::Render{id_of(line), *std::move(batch)});
  }
  for (const SubscriptionId id : line.batcher->take_dropped()) {
    joins_.handle_told(id, id_of(line), now);
    release_if_unheld(id);
  }
  line.connection.expect_data(!desired_.empty() && line.batcher->requested_count() > 0, now);
  if (line.batcher->lacks_room()) budget_.await_room(id_);
  if (&line == standby_.get()) note_subscribed(now);
}

void Shard::end_requests(Line& line) {
  if (!line.batcher) return;
  line.counted = line.batcher->held();
  line.batcher.reset();
  line.tracker.reset();
  const std::vector<SubscriptionId> leaving{leaving_.begin(), leaving_.end()};
  for (const SubscriptionId id : leaving) release_if_unheld(id);
}

void Shard::release_if_unheld(SubscriptionId id) {
  if (!leaving_.contains(id)) return;
  for (const Line* line : {active_.get(), standby_.get()}) {
    if (line && line->batcher && line->batcher->holds(id)) return;
  }
  leaving_.erase(id);
  released_.push_back(id);
}

/// Whether to make the next request of `line`: not before it can go, so that what comes meanwhile
/// is in it.
bool Shard::may_ask(Line& line, TimePoint now) {
  const bool has_something = !line.batcher->is_asking() && !line.batcher->has_asked_everything() &&
                             !line.batcher->lacks_room();
  if (has_something) return line.connection.claim_request(now);
  line.connection.withdraw_claim();
  return false;
}

}  // namespace wsm
