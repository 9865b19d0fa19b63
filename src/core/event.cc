// Events in words, for logs and screens.

#include <algorithm>
#include <chrono>
#include <cstdio>

#include <wsm/event.h>

#include "base/printable.h"

namespace wsm {
namespace {

std::string seconds(Duration duration) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3f s", std::chrono::duration<double>(duration).count());
  return text;
}

std::string number(auto value) { return std::to_string(value); }

std::string counted(auto value, std::string_view noun) {
  return number(value) + ' ' + std::string{noun} + (value == 1 ? "" : "s");
}

std::string counted(auto value, std::string_view one, std::string_view more) {
  return number(value) + ' ' + std::string{value == 1 ? one : more};
}

std::string at(ShardId shard) { return "shard " + number(shard.value()) + ": "; }

std::string at(ShardId shard, Generation generation) {
  return "shard " + number(shard.value()) + " connection " + number(generation.value()) + ": ";
}

/// "AAPL, MSFT, TSLA and 17 more".
std::string listed(const std::vector<SubscriptionName>& names) {
  constexpr std::size_t kShown = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i) {
    text += (i == 0 ? "" : ", ") + printable(names[i].text);
  }
  if (names.size() > kShown) text += " and " + number(names.size() - kShown) + " more";
  return text;
}

std::string in_brackets(const std::vector<SubscriptionName>& names) {
  return names.empty() ? "" : " (" + listed(names) + ')';
}

std::string numbers(std::optional<std::uint64_t> last, std::optional<std::uint64_t> next) {
  if (!last || !next) return {};
  return " (between " + number(*last) + " and " + number(*next) + ')';
}

struct Words {
  std::string operator()(const event::ShardOpened& e) const {
    const std::string text = at(e.shard) + "opened";
    return e.copy_of ? text + ", a copy of shard " + number(e.copy_of->value()) : text;
  }
  std::string operator()(const event::ShardClosed& e) const { return at(e.shard) + "closed"; }
  std::string operator()(const event::Connecting& e) const {
    std::string text = at(e.shard, e.generation) + "connecting";
    if (e.attempt > 0) text += " after " + counted(e.attempt, "failure");
    return text;
  }
  std::string operator()(const event::Connected& e) const {
    return at(e.shard, e.generation) + "connected in " + seconds(e.time_to_connect);
  }
  std::string operator()(const event::Disconnected& e) const {
    const char* what = e.was_open ? "disconnected: " : "not connected: ";
    return at(e.shard, e.generation) + what + to_string(e.reason);
  }
  std::string operator()(const event::ReconnectScheduled& e) const {
    return at(e.shard) + "reconnects in " + seconds(e.delay) + " (" +
           counted(e.attempt, "failure") + " in a row)";
  }
  std::string operator()(const event::CircuitBreakerChanged& e) const {
    const std::string text =
        printable(e.endpoint) + ": circuit breaker " + std::string{to_string(e.status)};
    if (e.status != CircuitStatus::kOpen) return text;
    return text + ", probed in " + seconds(e.probe_in);
  }
  std::string operator()(const event::ShardSuspended& e) const {
    return at(e.shard) + "suspended after " + counted(e.failures, "failure") + ", " +
           (e.is_probed ? "still probed" : "until reconnect_shard()");
  }
  std::string operator()(const event::SubscriptionsChanged& e) const {
    return (e.generation ? at(e.shard, *e.generation) : at(e.shard)) +
           std::string{to_string(e.status)} + ": " + listed(e.subscriptions);
  }
  std::string operator()(const event::SubscriptionsHandedOver& e) const {
    return at(e.shard, e.generation) + "carries alone: " + listed(e.subscriptions);
  }
  std::string operator()(const event::SubscriptionsRemoved& e) const {
    return at(e.shard) + "not desired any more: " + listed(e.subscriptions);
  }
  std::string operator()(const event::GapOpened& e) const {
    return at(e.shard) + "gap in " + printable(e.subscription.text) + " (" +
           std::string{to_string(e.cause)} + "), last message " + seconds(e.since_data) + " ago";
  }
  std::string operator()(const event::GapClosed& e) const {
    const std::string lost = e.lost ? counted(*e.lost, "message") : std::string{"unknown number"};
    return at(e.shard) + "gap in " + printable(e.subscription.text) + " (" +
           std::string{to_string(e.cause)} + ") of " + seconds(e.lasted) + ": " + lost + " lost" +
           numbers(e.last_sequence, e.next_sequence);
  }
  std::string operator()(const event::MessageLate& e) const {
    return at(e.shard) + "message " + number(e.sequence) + " of " + printable(e.subscription.text) +
           " came late";
  }
  std::string operator()(const event::ConnectionRetired& e) const {
    return at(e.shard, e.generation) + "serves no longer: " + std::string{to_string(e.why)};
  }
  std::string operator()(const event::SubscriptionsRequested& e) const {
    return at(e.shard, e.generation) + "requested " + counted(e.count, "subscription");
  }
  std::string operator()(const event::UnsubscriptionsRequested& e) const {
    return at(e.shard, e.generation) + "ended " + counted(e.count, "subscription");
  }
  std::string operator()(const event::SubscriptionSendFailed& e) const {
    return at(e.shard) + "no request for " + counted(e.count, "subscription") + ": " + e.detail;
  }
  std::string operator()(const event::SubscriptionsRejected& e) const {
    const std::string text =
        at(e.shard, e.generation) + "rejected " + counted(e.count, "subscription");
    return e.detail.empty() ? text : text + ": " + printable(e.detail);
  }
  std::string operator()(const event::SubscriptionStalled& e) const {
    return at(e.shard) + "no data for " + counted(e.count, "subscription");
  }
  std::string operator()(const event::AcknowledgementOverdue& e) const {
    return at(e.shard, e.generation) + "no answer to a request for " +
           counted(e.count, "subscription");
  }
  std::string operator()(const event::DrainNoticed& e) const {
    const std::string where = e.endpoint.empty() ? "" : ", and wants us at " + e.endpoint;
    const std::string refusal = e.refusal.empty() ? "" : " (not followed: " + e.refusal + ")";
    return at(e.shard, e.generation) + "the server is going to close" + where + refusal;
  }
  std::string operator()(const event::SwitchoverStarted& e) const {
    return at(e.shard) + "switchover began (" + std::string{to_string(e.trigger)} + ")";
  }
  std::string operator()(const event::SwitchoverFinished& e) const {
    return at(e.shard) + "switchover ended (" + std::string{to_string(e.trigger)} +
           "): " + std::string{to_string(e.outcome)} + " in " + seconds(e.duration);
  }
  std::string operator()(const event::SwitchoverReported& e) const {
    std::string text = at(e.shard) + "switchover (" + std::string{to_string(e.trigger)} + ", " +
                       std::string{to_string(e.outcome)} + "): " + number(e.proven) + " proven, ";
    text += number(e.unproven.size()) + " unproven" + in_brackets(e.unproven);
    if (!e.interrupted.empty()) {
      text += ", " + number(e.interrupted.size()) + " interrupted" + in_brackets(e.interrupted);
    }
    return text + ", " + counted(e.duplicates_removed, "copy", "copies") + " removed, " +
           number(e.messages_held) + " held, " + number(e.messages_lost) + " lost; opened in " +
           seconds(e.opening) + ", asked in " + seconds(e.subscribing) + ", proven in " +
           seconds(e.proving) + ", drained in " + seconds(e.draining);
  }
  std::string operator()(const event::SubscriptionMoved& e) const {
    return printable(e.subscription.text) + ": move from shard " + number(e.from.value()) + " to " +
           number(e.to.value()) + " " + std::string{to_string(e.outcome)} + " in " +
           seconds(e.lasted) + " (asked in " + seconds(e.subscribing) + "), " +
           counted(e.duplicates_removed, "copy", "copies") + " removed, " +
           number(e.messages_held) + " held, " + number(e.messages_lost) + " lost";
  }
  std::string operator()(const event::RebalanceStarted& e) const {
    const std::string closing =
        e.closing == 0 ? "" : ", so that " + counted(e.closing, "shard") + " can close";
    return "rebalancing began: " + counted(e.moves, "move") + closing;
  }
  std::string operator()(const event::RebalanceFinished& e) const {
    return "rebalancing ended in " + seconds(e.lasted) + ": " + number(e.proven) + " proven, " +
           number(e.unproven) + " unproven, " + number(e.interrupted) + " interrupted, " +
           number(e.abandoned) + " abandoned";
  }
  std::string operator()(const event::HealthFailed& e) const {
    return at(e.shard, e.generation) + std::string{to_string(e.kind)} + " for " +
           seconds(e.silence);
  }
  std::string operator()(const event::HandlerThrew& e) const {
    const std::string more = e.count > 1 ? " (" + number(e.count - 1) + " more before it)" : "";
    return "handler: " + e.hook + " threw: " + e.what + more;
  }
  std::string operator()(const event::DeliveryPaused&) const {
    return "delivery queue full: reading pauses until the handler has caught up";
  }
  std::string operator()(const event::DeliveryResumed&) const { return "reading goes on"; }
  std::string operator()(const event::MessagesDropped& e) const {
    return "delivery queue full: " + counted(e.count, "message") + " dropped in " +
           seconds(e.since);
  }
  std::string operator()(const event::SlowConsumer& e) const {
    return "handler is " + seconds(e.behind) + " behind: " + counted(e.queue_depth, "message") +
           " in the queue";
  }
  std::string operator()(const event::ConsumerCaughtUp& e) const {
    return "handler has caught up after " + seconds(e.after);
  }
  std::string operator()(const event::NoticesOmitted& e) const {
    return "handler too slow: not told of " + counted(e.events, "event") + " and " +
           counted(e.disconnects, "disconnect");
  }
  std::string operator()(const event::Stopped&) const { return "stopped"; }
  std::string operator()(const event::BrokeDown& e) const {
    return "the manager has broken down: " + e.why;
  }
};

}  // namespace

std::string to_string(const EventKind& event) { return std::visit(Words{}, event); }

}  // namespace wsm
