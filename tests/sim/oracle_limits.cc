#include "sim/oracle_limits.h"

#include <algorithm>
#include <string>

namespace wsm::sim {

void LimitOracle::handle_dial(ConnectionId id, SourceIndex source, const Url&) {
  note(dials_[source], limits_.connects_per_window, limits_.connect_window, "dials", id);
  connections_.insert(id);
  connections_max_ = std::max(connections_max_, connections_.size());
  if (!limits_.max_connections || connections_.size() <= *limits_.max_connections) return;
  verdict_.fail("limits", name_of(id) + " is one of " + std::to_string(connections_.size()) +
                              " connections, allowed are " +
                              std::to_string(*limits_.max_connections));
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
