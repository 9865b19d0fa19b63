#include "sim/oracle_delivery.h"

namespace wsm::sim {

void DeliveryOracle::handle_sent(ConnectionId id, Topic topic, Sequence sequence) {
  under_way_[id].emplace_back(topic, sequence);
}

void DeliveryOracle::handle_arrived(ConnectionId id, Topic topic, Sequence sequence) {
  ++arrived_;
  auto& row = under_way_[id];
  if (!row.empty() && row.front() == Sent{topic, sequence}) return row.pop_front();
  const std::string expected =
      row.empty() ? "nothing"
                  : name_of(row.front().first) + " message " + std::to_string(row.front().second);
  verdict_.fail("delivery", name_of(id) + ": " + name_of(topic) + " message " +
                                std::to_string(sequence) + " arrived, expected was " + expected);
}

void DeliveryOracle::handle_hung_up(ConnectionId id, bool has_read_all) {
  const auto row = under_way_.find(id);
  if (row == under_way_.end()) return;
  if (has_read_all && !row->second.empty()) {
    verdict_.fail("delivery", name_of(id) + ": read to its end, but " +
                                  std::to_string(row->second.size()) + " messages never arrived");
  }
  lost_ += row->second.size();
  under_way_.erase(row);
}

}  // namespace wsm::sim
