#include "sim/oracle_placement.h"

#include <algorithm>

namespace wsm::sim {

void PlacementOracle::handle_subscribed(ConnectionId id, Topic topic) {
  carriers_[topic].insert(id);
  carried_[id].insert(topic);
}

void PlacementOracle::handle_unsubscribed(ConnectionId id, Topic topic) {
  carriers_[topic].erase(id);
  carried_[id].erase(topic);
}

void PlacementOracle::handle_hung_up(ConnectionId id, bool) { forget(id); }

void PlacementOracle::handle_ended(ConnectionId id) { forget(id); }

void PlacementOracle::handle_complaint(ConnectionId id, std::string_view what) {
  if (what == kSubscribedTwice && excused_.contains(id)) return;
  verdict_.fail("placement", name_of(id) + ": " + std::string{what});
}

void PlacementOracle::handle_event(const EventKind& event) {
  if (const auto* overdue = std::get_if<event::AcknowledgementOverdue>(&event)) {
    excused_.insert({overdue->shard, overdue->generation});
  }
}

std::optional<std::string> PlacementOracle::find_unsettled() {
  std::optional<std::string> fault;
  for (const Topic topic : wanted_) {
    const auto& carriers = carriers_[topic];
    if (is_settled(topic, carriers)) continue;
    fault = name_of(topic) + " is on " + std::to_string(carriers.size()) + " connections";
  }
  if (fault) return fault;
  for (const auto& [topic, carriers] : carriers_) {
    if (wanted_.contains(topic) || carriers.empty()) continue;
    return name_of(topic) + " is still on " + name_of(*carriers.begin()) +
           ", though nobody wants it";
  }
  return std::nullopt;
}

bool PlacementOracle::is_settled(Topic topic, const std::set<ConnectionId>& carriers) {
  std::map<ShardId, std::size_t> connections;
  for (const ConnectionId id : carriers) ++connections[id.shard];
  bool was_each_alone = true;
  for (const auto& [shard, count] : connections) {
    if (count == 1) seen_alone_.insert({topic, shard});
    was_each_alone = was_each_alone && seen_alone_.contains({topic, shard});
  }
  if (connections.size() == redundancy_) seen_settled_.insert(topic);
  return connections.size() >= redundancy_ && seen_settled_.contains(topic) && was_each_alone;
}

void PlacementOracle::forget(ConnectionId id) {
  const auto carried = carried_.find(id);
  if (carried == carried_.end()) return;
  for (const Topic topic : carried->second) carriers_[topic].erase(id);
  carried_.erase(carried);
}

}  // namespace wsm::sim
