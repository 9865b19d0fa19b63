#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "core/supervisor/supervisor.h"
#include "sim/observer.h"
#include "sim/verdict.h"

namespace wsm::sim {

/// The events alone are enough to rebuild what the manager says of itself when it is asked: which
/// shards there are, which connection serves each, and how far each subscription has come.
class StateOracle final : public Observer {
 public:
  explicit StateOracle(Verdict& verdict) : verdict_(verdict) {}

  void handle_event(const EventKind& event) override;

  /// To be asked when all that has happened has been told.
  void check(const Supervisor& core);

 private:
  struct Standing {
    ShardId shard;
    bool is_rejected = false;
  };
  struct Shard {
    std::optional<Generation> serving;
    std::optional<Generation> standby;  // Connected, while a switchover is under way.
    bool is_switching = false;
    std::map<Topic, Generation> handed_over;  // Meanwhile: whose word counts.
    std::optional<ShardId> copy_of;
  };

  void handle(const event::SubscriptionsChanged& changed);
  void handle(const event::SubscriptionsRemoved& removed);
  void handle(const event::SubscriptionsHandedOver& handed);
  void handle(const event::Connected& connected);
  void handle(const event::SwitchoverFinished& finished);
  void forget_handed_over(Topic topic);
  void leave(ShardId shard, Generation generation);
  [[nodiscard]] SubscriptionStatus carried_status(Topic topic, ShardId shard) const;
  [[nodiscard]] SubscriptionStatus status_of(Topic topic, const Standing& standing) const;
  void fail(const std::string& what) { verdict_.fail("state", what); }

  Verdict& verdict_;
  std::map<ShardId, Shard> shards_;
  std::map<Topic, Standing> desired_;
  std::map<ConnectionId, std::map<Topic, SubscriptionStatus>> carried_;
};

}  // namespace wsm::sim
