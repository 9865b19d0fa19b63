#include "sim/oracle_truth.h"

namespace wsm::sim {

void TruthOracle::handle_event(const EventKind& event) {
  const auto* changed = std::get_if<event::SubscriptionsChanged>(&event);
  if (changed == nullptr) return;
  for (const SubscriptionName& name : changed->subscriptions) {
    if (changed->status == SubscriptionStatus::kLive) {
      const ConnectionId id{changed->shard, changed->generation.value()};
      if (granted_[id].contains(name.id)) continue;
      verdict_.fail("truth", name_of(id) + ": " + name_of(name.id) + " was never granted");
    } else if (changed->status == SubscriptionStatus::kRejected) {
      if (refused_.contains(name.id)) continue;
      verdict_.fail("truth", name_of(name.id) + " was never refused");
    }
  }
}

}  // namespace wsm::sim
