#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <set>
#include <vector>

#include <wsm/detail/subscription_id.h>
#include <wsm/event.h>

#include "base/time.h"
#include "core/rebalance/rebalance_plan.h"

namespace wsm {

/// When to look whether the shards are in balance, and how far a plan has come that is carried out.
///
/// By itself, it is looked at kDelay after the first change, so that one plan does for many, and
/// not within kPause after the last plan has ended; twice as long after each one in a row that had
/// to give something up, up to kPauseMax.
///
/// Moves begin in the order of the plan, kMovesMax at a time. One that finds no room waits, and
/// what follows it with it; if nothing is under way that could make room, the rest is let go: the
/// next plan begins with what is then.
///
/// Sans-IO. Decides; the supervisor carries it out.
class Rebalancing {
 public:
  static constexpr Duration kDelay = std::chrono::seconds{10};
  static constexpr Duration kPause = std::chrono::seconds{30};
  static constexpr Duration kPauseMax = std::chrono::hours{1};
  /// So many requests that a venue takes amiss, or messages that wait for a proof, are not made.
  static constexpr std::size_t kMovesMax = 100;

  // Commands.
  /// None may be under way.
  void begin(RebalancePlan plan, TimePoint now);
  /// Everything is over.
  void clear();

  // Inputs.
  /// What is carried, or by how many shards, is not what it was.
  void handle_changed(TimePoint now);
  /// It has been looked at, and there is nothing to do.
  void handle_balanced(TimePoint now);
  /// The first that waits has begun to move, or could not, or need not any more.
  void handle_begun();
  void handle_impossible();
  void handle_needless() { waiting_.pop_front(); }
  /// A move has ended; it may be none of the plan.
  void handle_ended(SubscriptionId id, MoveOutcome outcome);
  /// The same; nobody wants the subscription any more.
  void handle_cancelled(SubscriptionId id);
  /// The first that waits finds no room.
  void handle_no_room();

  // Outputs.
  [[nodiscard]] bool is_due(TimePoint now) const { return due_at_ && now >= *due_at_; }
  [[nodiscard]] std::optional<TimePoint> next_deadline() const { return due_at_; }
  /// The move that is to begin now.
  [[nodiscard]] std::optional<RebalanceMove> next();
  /// The plan is over: what has come of it, and which shards are not needed any more.
  struct Result {
    event::RebalanceFinished told;
    std::vector<ShardId> closable;
  };
  [[nodiscard]] std::optional<Result> take_result(TimePoint now);

  // Getters.
  [[nodiscard]] bool is_under_way() const { return under_way_.has_value(); }
  /// A move has ended: the next one may begin.
  [[nodiscard]] bool may_go_on() const { return may_go_on_; }
  /// The plan under way leaves it nothing to carry.
  [[nodiscard]] bool is_being_emptied(ShardId shard) const;
  /// Of the plan, those that have not ended.
  [[nodiscard]] std::size_t left() const { return waiting_.size() + moving_.size(); }

 private:
  struct UnderWay {
    TimePoint begun;
    event::RebalanceFinished told;
    std::vector<ShardId> closable;
  };

  std::optional<UnderWay> under_way_;
  std::deque<RebalanceMove> waiting_;
  std::set<SubscriptionId> moving_;
  std::optional<TimePoint> due_at_;
  std::optional<TimePoint> ended_at_;
  Duration pause_ = kPause;
  bool may_go_on_ = false;
};

}  // namespace wsm
