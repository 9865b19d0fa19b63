#pragma once

#include <deque>
#include <optional>
#include <utility>

#include <wsm/event.h>
#include <wsm/metrics.h>

#include "core/action.h"

namespace wsm {

/// How long things took.
struct Timings {
  Distribution ping_round_trip;
  Distribution time_to_connect;
  Distribution time_to_live;
  Distribution switchover_duration;
};

/// Where the machines below the supervisor put what they want done, what happened, and what they
/// counted. They only write; the supervisor hands it out.
struct Outbox {
  std::deque<Action> actions;
  std::deque<EventKind> events;
  Counters counters;
  Timings timings;

  /// Told together with what was told before in the same words.
  void tell_status(ShardId shard, std::optional<Generation> generation, SubscriptionStatus status,
                   SubscriptionId id) {
    auto* last =
        events.empty() ? nullptr : std::get_if<event::SubscriptionsChanged>(&events.back());
    const bool is_the_same =
        last && last->shard == shard && last->generation == generation && last->status == status;
    if (is_the_same) return last->subscriptions.push_back({id});
    events.emplace_back(event::SubscriptionsChanged{shard, generation, status, {{id}}});
  }
  void tell_removed(ShardId shard, SubscriptionId id) {
    auto* last =
        events.empty() ? nullptr : std::get_if<event::SubscriptionsRemoved>(&events.back());
    if (last && last->shard == shard) return last->subscriptions.push_back({id});
    events.emplace_back(event::SubscriptionsRemoved{shard, {{id}}});
  }

  [[nodiscard]] std::optional<Action> take_action() {
    if (actions.empty()) return std::nullopt;
    Action action = std::move(actions.front());
    actions.pop_front();
    return action;
  }
  [[nodiscard]] std::optional<EventKind> take_event() {
    if (events.empty()) return std::nullopt;
    EventKind event = std::move(events.front());
    events.pop_front();
    return event;
  }
};

}  // namespace wsm
