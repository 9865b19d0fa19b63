#pragma once

#include <map>
#include <set>

#include <wsm/config.h>

#include "core/supervisor/supervisor.h"
#include "sim/beginnings.h"
#include "sim/observer.h"
#include "sim/verdict.h"

namespace wsm::sim {

/// However many connections bring a subscription: the application gets each message that has
/// arrived on any of them once, and in order. What arrives when later ones have been delivered may
/// be dropped, and must not be delivered any more.
class JoinOracle final : public Observer {
 public:
  explicit JoinOracle(Verdict& verdict) : verdict_(verdict) {}

  /// What must hold from now on.
  void set_rules(GapRecovery recovery) { withholds_ = recovery == GapRecovery::kDrop; }
  /// Without numbers nobody can tell in what order two connections come that have both lost some;
  /// what holds there when nothing is lost has a test of its own, StreamJoinPropertyTest.
  void expect_no_numbers() { has_numbers_ = false; }

  void handle_wanted(Topic topic) override { accounts_[topic] = {}; }
  void handle_renumbered(Topic topic, Sequence first) override { beginnings_.add(topic, first); }
  void handle_unwanted(Topic topic) override { accounts_.erase(topic); }
  void handle_hung_up(ConnectionId id, bool) override { over_.insert(id); }
  void handle_event(const EventKind& event) override {
    const auto* retired = std::get_if<event::ConnectionRetired>(&event);
    if (retired) over_.insert({retired->shard, retired->generation});
  }
  void handle_paused() override { is_paused_ = true; }
  void handle_resumed() override;
  void handle_arrived(ConnectionId id, Topic topic, Sequence sequence) override;
  void handle_delivered(ConnectionId id, const FeedMessage& message) override;

  void check();

  [[nodiscard]] std::uint64_t repeated() const { return repeated_; }

 private:
  /// Longer than what is ahead may wait for what is behind.
  static constexpr Duration kPatience = std::chrono::minutes{2};

  /// Of one subscription, since it is wanted.
  struct Account {
    Sequence last = 0;              // Delivered; zero: nothing yet.
    Sequence highest = 0;           // The same, of all.
    std::uint64_t last_number = 0;  // That the application knows the last one by.
    ConnectionId last_from = {};
    std::map<Sequence, TimePoint> waiting;  // Arrived, and above it.
    std::set<Sequence> unsure;              // The same, before a new beginning was found out.
  };

  [[nodiscard]] bool is_repeated(Account& account, ConnectionId id, const FeedMessage& message);

  Verdict& verdict_;
  Beginnings beginnings_;
  std::set<ConnectionId> over_;  // They serve no longer.
  std::map<Topic, Account> accounts_;
  TimePoint last_arrival_;  // Of any: while the client sleeps, nothing is delivered.
  TimePoint woken_at_;      // Before that it slept, or some shard was not read: nobody waits then.
  bool is_paused_ = false;
  bool withholds_ = false;
  bool has_numbers_ = true;
  std::uint64_t repeated_ = 0;  // Arrivals that were not to be delivered.
};

}  // namespace wsm::sim
