#pragma once

#include <map>
#include <set>

#include "sim/observer.h"
#include "sim/verdict.h"

namespace wsm::sim {

/// What the core says of a subscription is what its venue has said: live on a connection is only
/// what was granted there, and rejected only what was refused (a rejection goes along when a
/// subscription moves to another shard).
class TruthOracle final : public Observer {
 public:
  explicit TruthOracle(Verdict& verdict) : verdict_(verdict) {}

  void handle_granted(ConnectionId id, Topic topic) override { granted_[id].insert(topic); }
  void handle_refused(ConnectionId, Topic topic) override { refused_.insert(topic); }
  void handle_hung_up(ConnectionId id, bool) override { granted_.erase(id); }
  void handle_event(const EventKind& event) override;

 private:
  Verdict& verdict_;
  std::map<ConnectionId, std::set<Topic>> granted_;
  std::set<Topic> refused_;
};

}  // namespace wsm::sim
