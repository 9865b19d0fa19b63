#pragma once

#include <map>
#include <set>

#include "sim/observer.h"
#include "sim/verdict.h"

namespace wsm::sim {

/// What the core says of a subscription is what its venue has said: live on a connection is only
/// what was granted there, and rejected on a shard only what was refused there.
class TruthOracle final : public Observer {
 public:
  explicit TruthOracle(Verdict& verdict) : verdict_(verdict) {}

  void handle_granted(ConnectionId id, Topic topic) override { granted_[id].insert(topic); }
  void handle_refused(ConnectionId id, Topic topic) override { refused_[id.shard].insert(topic); }
  void handle_hung_up(ConnectionId id, bool) override { granted_.erase(id); }
  void handle_event(const EventKind& event) override;

 private:
  Verdict& verdict_;
  std::map<ConnectionId, std::set<Topic>> granted_;
  std::map<ShardId, std::set<Topic>> refused_;
};

}  // namespace wsm::sim
