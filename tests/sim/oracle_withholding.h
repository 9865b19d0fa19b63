#pragma once

#include <map>
#include <optional>

#include <wsm/config.h>

#include "sim/beginnings.h"
#include "sim/observer.h"
#include "sim/verdict.h"

namespace wsm::sim {

/// With GapRecovery::kDrop: behind what is missing on a connection that lives, nothing of a
/// subscription is delivered until a message comes that needs nothing before it; and nothing is
/// withheld that follows upon what was delivered.
class WithholdingOracle final : public Observer {
 public:
  explicit WithholdingOracle(Verdict& verdict) : verdict_(verdict) {}

  /// What must hold from now on.
  void set_rules(GapRecovery recovery) { is_asked_for_ = recovery == GapRecovery::kDrop; }

  void handle_wanted(Topic topic) override { accounts_[topic] = {}; }
  void handle_unwanted(Topic topic) override { accounts_.erase(topic); }
  void handle_delivered(ConnectionId id, const FeedMessage& message) override;
  void handle_withheld(ConnectionId id, const FeedMessage& message) override;
  void handle_renumbered(Topic topic, Sequence first) override { beginnings_.add(topic, first); }
  void handle_event(const EventKind& event) override;

  /// To be asked when all that has happened has been told.
  void check();

 private:
  /// Longer than a message may wait for those of other connections.
  static constexpr Duration kPatience = std::chrono::minutes{2};

  struct Account {
    Sequence last = 0;              // Delivered; zero: nothing yet.
    std::uint64_t last_number = 0;  // That the application knows it by.
    ConnectionId last_from = {};
    Sequence newest = 0;  // That has come.
    bool has_jumped = false;
    bool has_withheld_later = false;                 // One behind the one that follows upon `last`.
    std::optional<TimePoint> next_withheld_at = {};  // The one that follows upon `last`.
  };

  Verdict& verdict_;
  Beginnings beginnings_;
  std::map<Topic, Account> accounts_;
  bool is_asked_for_ = false;
};

}  // namespace wsm::sim
