#pragma once

#include <deque>
#include <optional>
#include <tuple>
#include <utility>
#include <variant>

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
  Distribution switchover_opening;
  Distribution switchover_subscribing;
  Distribution switchover_proving;
  Distribution switchover_draining;
};

/// Where the machines below the supervisor put what they want done, what happened, and what they
/// counted. They only write; the supervisor hands it out.
struct Outbox {
  std::deque<Action> actions;
  std::deque<EventKind> events;
  Counters counters;
  Timings timings;

  void tell_status(ShardId shard, std::optional<Generation> generation, SubscriptionStatus status,
                   SubscriptionId id) {
    tell_together<event::SubscriptionsChanged>(id, shard, generation, status);
  }
  void tell_handed_over(ShardId shard, Generation generation, SubscriptionId id) {
    tell_together<event::SubscriptionsHandedOver>(id, shard, generation);
  }
  void tell_removed(ShardId shard, SubscriptionId id) {
    tell_together<event::SubscriptionsRemoved>(id, shard);
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

 private:
  /// With what was told last, if that was an E of the same `words`: all but the subscriptions.
  template <class E, class... Words>
  void tell_together(SubscriptionId id, const Words&... words) {
    auto* last = events.empty() ? nullptr : std::get_if<E>(&events.back());
    if (last && words_of(*last) == std::tie(words...)) return last->subscriptions.push_back({id});
    events.emplace_back(E{words..., {{id}}});
  }
  static auto words_of(const event::SubscriptionsChanged& e) {
    return std::tie(e.shard, e.generation, e.status);
  }
  static auto words_of(const event::SubscriptionsHandedOver& e) {
    return std::tie(e.shard, e.generation);
  }
  static auto words_of(const event::SubscriptionsRemoved& e) { return std::tie(e.shard); }
};

}  // namespace wsm
