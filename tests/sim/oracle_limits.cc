#include "sim/oracle_limits.h"

#include <algorithm>
#include <string>

#include "core/limits/subscription_budget.h"

namespace wsm::sim {

void LimitOracle::handle_dial(ConnectionId id, SourceIndex, const Url&) {
  connections_.insert(id);
  connections_max_ = std::max(connections_max_, connections_.size());
  if (!limits_.max_connections || connections_.size() <= *limits_.max_connections) return;
  verdict_.fail("limits", name_of(id) + " is one of " + std::to_string(connections_.size()) +
                              " connections, allowed are " +
                              std::to_string(*limits_.max_connections));
}

void LimitOracle::handle_connecting(ConnectionId id, SourceIndex source) {
  note(connects_[source], limits_.connects_per_window, limits_.connect_window, "connects", id);
}

void LimitOracle::handle_frame(ConnectionId id) {
  Times& frames = frames_[id];
  const TimePoint now = verdict_.world().now();
  const bool is_close =
      limits_.message_spacing && !frames.empty() && now - frames.back() < *limits_.message_spacing;
  if (is_close) verdict_.fail("limits", name_of(id) + ": two frames are too close together");
  note(frames, limits_.messages_per_window, limits_.window, "frames", id);
}

void LimitOracle::handle_hung_up(ConnectionId id, bool) {
  connections_.erase(id);
  frames_.erase(id);
  note_ended(asked_[id].size());
  asked_.erase(id);
}

void LimitOracle::handle_asked(ConnectionId id, const Request& request, std::size_t bytes) {
  check_size(id, request, bytes);
  std::set<Topic>& asked = asked_[id];
  std::size_t ended = 0;
  for (const Topic topic : request.topics) {
    if (request.is_subscribe) {
      subscribed_ += asked.insert(topic).second ? 1 : 0;
    } else {
      ended += asked.erase(topic);
    }
  }
  note_ended(ended);
  const auto& most = limits_.max_subscriptions;
  if (!most || subscribed_ <= *most) return;
  verdict_.fail("limits", name_of(id) + ": " + std::to_string(subscribed_) +
                              " subscriptions on all connections, allowed are " +
                              std::to_string(*most));
}

void LimitOracle::check_size(ConnectionId id, const Request& request, std::size_t bytes) {
  if (request.topics.size() > limits_.subscriptions_per_message) {
    verdict_.fail("limits", name_of(id) + ": asks for " + std::to_string(request.topics.size()) +
                                " subscriptions at a time, allowed are " +
                                std::to_string(limits_.subscriptions_per_message));
  }
  if (bytes > limits_.bytes_per_message) {
    verdict_.fail("limits", name_of(id) + ": a request of " + std::to_string(bytes) +
                                " bytes, allowed are " + std::to_string(limits_.bytes_per_message));
  }
}

/// Counts as long as it may be on its way.
void LimitOracle::note_ended(std::size_t count) {
  const TimePoint now = verdict_.world().now();
  ended_.push_back({now, count});
  while (ended_.front().at <= now - SubscriptionBudget::kSettle) {
    subscribed_ -= ended_.front().count;
    ended_.pop_front();
  }
}

/// The fullest intervals are those that end with an event; of these, one ends with each event.
void LimitOracle::note(Times& times, std::optional<std::size_t> count,
                       std::optional<Duration> window, std::string_view what, ConnectionId id) {
  const TimePoint now = verdict_.world().now();
  times.push_back(now);
  const Duration kept = window.value_or(Duration::zero());
  while (times.size() > 1 && times.front() <= now - kept) times.pop_front();
  if (!count || times.size() <= *count) return;
  verdict_.fail("limits", name_of(id) + ": " + std::to_string(times.size()) + ' ' +
                              std::string{what} + " in one window, allowed are " +
                              std::to_string(*count));
}

}  // namespace wsm::sim
