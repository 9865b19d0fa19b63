#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include <wsm/config.h>

#include "sim/observer.h"
#include "sim/verdict.h"

namespace wsm::sim {

/// A gap is told when it begins, and for the reason that it has: at the very time at which a
/// connection of its shard ended, or when nothing has come on one for as long as the time-outs say,
/// or when its subscription has gone to another shard. Only a hole that is over when it is found
/// has no beginning that is told.
class GapOracle final : public Observer {
 public:
  explicit GapOracle(Verdict& verdict) : verdict_(verdict) {}

  /// What must hold from now on.
  void set_rules(const HealthOptions& health);

  void handle_unwanted(Topic topic) override {
    open_.erase(topic);
    refused_.erase(topic);
  }
  void handle_renumbered(Topic topic, Sequence) override { renumbered_.insert(topic); }
  void handle_refused(ConnectionId, Topic topic) override { refused_.insert(topic); }
  void handle_arrived(ConnectionId id, Topic topic, Sequence) override {
    arrived_at_[topic][id] = verdict_.world().now();
  }
  /// Whether the venue has heard it or not.
  void handle_asked(ConnectionId id, const Request& request, std::size_t /*bytes*/) override {
    if (!request.is_subscribe) return;
    for (const Topic topic : request.topics) carriers_[topic].insert(id);
  }
  void handle_paused() override { is_paused_ = true; }
  void handle_resumed() override;
  void handle_frozen(TimePoint until) override { reading_since_ = until; }
  void handle_hung_up(ConnectionId id, bool has_read_all) override;
  void handle_event(const EventKind& event) override;

  /// To be asked now and then.
  void check();

 private:
  struct Opened {
    Topic topic;
    ShardId shard;
    GapCause cause;
    TimePoint at;
  };

  void handle(const event::GapOpened& gap);
  void handle(const event::GapClosed& gap);
  void judge(const Opened& opened);
  [[nodiscard]] Duration silence(Topic topic, ShardId shard);
  void fail(Topic topic, GapCause cause, const std::string& what);

  Verdict& verdict_;
  Duration timeout_min_{};  // Of all that make a stall.
  std::map<Topic, GapCause> open_;
  std::set<Topic> renumbered_;
  std::set<Topic> refused_;  // Since the last gap: none has a cause that says so.
  std::map<Topic, std::map<ConnectionId, TimePoint>> arrived_at_;  // Its last message.
  std::map<Topic, std::set<ConnectionId>> carriers_;
  std::map<ConnectionId, TimePoint> connected_at_;  // Until it is hung up.
  std::map<ConnectionId, TimePoint> hung_up_at_;
  std::vector<Opened> to_judge_;
  TimePoint reading_since_{};
  bool is_paused_ = false;
  std::map<ShardId, std::set<TimePoint>> ends_;    // Of connections, and of their service.
  std::map<Topic, std::set<TimePoint>> arrivals_;  // At another shard.
};

}  // namespace wsm::sim
