#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include <wsm/detail/subscription_id.h>
#include <wsm/event.h>
#include <wsm/types.h>

#include "base/time.h"
#include "core/join/join_tally.h"
#include "core/switchover/switchover.h"

namespace wsm {

/// The moves of single subscriptions between shards that are under way: make before break.
///
/// The shard that a subscription moves *to* hosts it, as a guest, beside the one that it moves
/// *from*, whose word counts until the move ends. It ends when the subscription is *proven*:
/// nothing of it would be lost if the old side ended now. A quiet one ends after `proof_timeout`,
/// unproven. Where the new side is deaf, or has not answered in kExtensions times that, the move is
/// given up and everything stays as it was. If the old side is lost meanwhile, the new one goes on
/// from there; if the new one is, the old one does.
///
/// Sans-IO. Decides; the supervisor carries it out.
class Moves {
 public:
  static constexpr std::uint32_t kExtensions = 3;

  struct Move {
    ShardId from;
    ShardId to;
    TimePoint begun;
    JoinTally before = {};  // Of its join.
    TimePoint deadline = {};
    std::uint32_t extensions = 0;
    std::int64_t lost = 0;
  };

  enum class Decision : std::uint8_t { kWait, kFinish, kGiveUp };

  explicit Moves(Duration proof_timeout) : proof_timeout_(proof_timeout) {}

  // Commands.
  /// `id` must not be on the move.
  void begin(SubscriptionId id, ShardId from, ShardId to, const JoinTally& before, TimePoint now);
  /// Returns it; none when there is none.
  std::optional<Move> end(SubscriptionId id);
  /// Everything is over.
  void clear();
  /// Nothing is being read, by our own choice: neither side can show data, and no time counts.
  void pause(TimePoint now);
  void resume(TimePoint now);

  // Inputs.
  /// `proven` has been seen to be so, in the middle of a read.
  void handle_proven(SubscriptionId id) { proven_.push_back(id); }
  /// So many messages of `id` have turned out to be missing; fewer than none, where one that was
  /// missing has come late.
  void handle_lost(SubscriptionId id, std::int64_t messages);
  /// `shard` is not what it was: its moves have to be looked at.
  void handle_changed(ShardId shard);
  /// The time of `id` is over; what is there to be said of the new side?
  [[nodiscard]] Decision handle_timeout(SubscriptionId id, Switchover::Evidence evidence,
                                        TimePoint now);

  // Outputs.
  [[nodiscard]] std::vector<SubscriptionId> take_proven() { return std::exchange(proven_, {}); }
  [[nodiscard]] std::vector<SubscriptionId> take_changed() { return std::exchange(changed_, {}); }
  [[nodiscard]] bool has_changed() const { return !changed_.empty(); }
  [[nodiscard]] std::vector<SubscriptionId> due(TimePoint now) const;
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;

  // Getters.
  [[nodiscard]] bool empty() const { return moves_.empty(); }
  [[nodiscard]] std::size_t size() const { return moves_.size(); }
  [[nodiscard]] const Move* find(SubscriptionId id) const;

 private:
  void set_deadline(SubscriptionId id, Move& move, TimePoint deadline);

  const Duration proof_timeout_;
  std::map<SubscriptionId, Move> moves_;
  std::set<std::pair<TimePoint, SubscriptionId>> deadlines_;
  std::vector<SubscriptionId> proven_;
  std::vector<SubscriptionId> changed_;
  std::optional<TimePoint> paused_at_;
};

[[nodiscard]] constexpr std::string_view to_string(Moves::Decision decision) {
  switch (decision) {
    case Moves::Decision::kWait: return "wait";
    case Moves::Decision::kFinish: return "finish";
    case Moves::Decision::kGiveUp: return "give up";
  }
  return "unknown";
}

}  // namespace wsm
