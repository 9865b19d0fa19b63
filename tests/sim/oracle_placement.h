#pragma once

#include <map>
#include <optional>
#include <set>

#include "sim/observer.h"
#include "sim/verdict.h"

namespace wsm::sim {

/// The venue never sees what its rules forbid: a subscription asked for twice on a connection, or
/// more of them than it allows. And when all is quiet, each subscription is on as many connections
/// as it ought to be.
class PlacementOracle final : public Observer {
 public:
  explicit PlacementOracle(Verdict& verdict) : verdict_(verdict) {}

  void set_redundancy(std::size_t redundancy) { redundancy_ = redundancy; }

  void handle_wanted(Topic topic) override { wanted_.insert(topic); }
  void handle_unwanted(Topic topic) override { wanted_.erase(topic); }
  void handle_subscribed(ConnectionId id, Topic topic) override;
  void handle_unsubscribed(ConnectionId id, Topic topic) override;
  void handle_hung_up(ConnectionId id, bool has_read_all) override;
  void handle_ended(ConnectionId id) override;
  void handle_complaint(ConnectionId id, std::string_view what) override;
  void handle_event(const EventKind& event) override;

  /// Whether the venue serves what is wanted, and nothing else; in words what is wrong if it does
  /// not. Each subscription must have been seen on exactly so many shards, and on one connection of
  /// each, but not all at the same time: with many shards that renew, there is always one whose
  /// connections overlap.
  [[nodiscard]] std::optional<std::string> find_unsettled();

  [[nodiscard]] const std::set<Topic>& wanted() const { return wanted_; }

 private:
  [[nodiscard]] bool is_settled(Topic topic, const std::set<ConnectionId>& carriers);
  void forget(ConnectionId id);

  Verdict& verdict_;
  std::set<ConnectionId> excused_;  // Had no answer in time, so that they may ask again.
  std::set<Topic> wanted_;
  std::map<Topic, std::set<ConnectionId>> carriers_;  // That venue and client both know.
  std::map<ConnectionId, std::set<Topic>> carried_;
  // By find_unsettled().
  std::set<Topic> seen_settled_;
  std::set<std::pair<Topic, ShardId>> seen_alone_;
  std::size_t redundancy_ = 1;
};

}  // namespace wsm::sim
