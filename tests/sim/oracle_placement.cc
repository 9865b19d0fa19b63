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
    const auto carriers = carriers_.find(topic);
    const std::size_t count = carriers == carriers_.end() ? 0 : carriers->second.size();
    if (count == redundancy_) seen_settled_.insert(topic);
    if (count >= redundancy_ && seen_settled_.contains(topic)) continue;
    fault = name_of(topic) + " is on " + std::to_string(count) + " connections";
  }
  if (fault) return fault;
  for (const auto& [topic, carriers] : carriers_) {
    if (wanted_.contains(topic) || carriers.empty()) continue;
    return name_of(topic) + " is still on " + name_of(*carriers.begin()) +
           ", though nobody wants it";
  }
  return std::nullopt;
}

void PlacementOracle::forget(ConnectionId id) {
  const auto carried = carried_.find(id);
  if (carried == carried_.end()) return;
  for (const Topic topic : carried->second) carriers_[topic].erase(id);
  carried_.erase(carried);
}

}  // namespace wsm::sim
