#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include <wsm/config.h>
#include <wsm/detail/subscription_id.h>
#include <wsm/metrics.h>
#include <wsm/result.h>
#include <wsm/subscription.h>

#include "base/entropy.h"
#include "base/rng.h"
#include "base/time.h"
#include "core/join/joins.h"
#include "core/ledger/ledger.h"
#include "core/limits/connect_governor.h"
#include "core/limits/subscription_budget.h"
#include "core/outbox.h"
#include "core/rebalance/moves.h"
#include "core/rebalance/rebalancing.h"
#include "core/rebalance/subscription_rates.h"
#include "core/recovery/circuits.h"
#include "core/recovery/proxy_rotation.h"
#include "core/redundancy/copies.h"
#include "core/shard/shard.h"
#include "core/subscription/placement.h"
#include "core/subscription/redrive.h"
#include "core/subscription/subscription_book.h"

namespace wsm {

/// What the root machine is.
enum class SupervisorStatus : std::uint8_t { kReady, kRunning, kStopping, kStopped };

[[nodiscard]] constexpr std::string_view to_string(SupervisorStatus status) {
  switch (status) {
    case SupervisorStatus::kReady: return "ready";
    case SupervisorStatus::kRunning: return "running";
    case SupervisorStatus::kStopping: return "stopping";
    case SupervisorStatus::kStopped: return "stopped";
  }
  return "unknown";
}

/// The root of the core: takes wishes, keeps the book, and gives each subscription a shard.
///
/// Whoever drives it follows one rule: begin_turn(), mutate once, then deliver poll_released() and
/// perform poll_action() and poll_event() until all are empty, then ask next_deadline(). All user
/// code (hooks) is called by the driver with the core at rest, so a hook may call any command; the
/// driver's loop goes on with what that left. Messages do not travel in actions: the driver reads
/// through connection(), hands them out, and then tells handle_received().
///
/// A subscription that is not desired any more, and that no server has to be told of, ends in
/// action::Forget. The same happens to ids of refused wishes.
///
/// Thread-compatible: no locks; one owner.
class Supervisor {
 public:
  /// `connects` of each source address, where they are shared with other supervisors.
  Supervisor(const ShardManagerConfig& config, Rng& rng, EntropySource& entropy,
             ConnectSlotsBySource connects = {});

  // Commands.
  /// Errors: kAlreadyRunning, kStopped, kInvalidArgument for a capacity of zero.
  Result<void> start(std::span<const SubscriptionId> initial, std::size_t shard_capacity,
                     TimePoint now);
  /// Closes everything; what is not closed at `deadline` is cut off.
  void stop(TimePoint deadline, TimePoint now);
  std::vector<SubscribeResult> subscribe(std::span<const SubscriptionId> ids, TimePoint now);
  UnsubscribeResult unsubscribe(SubscriptionId id, TimePoint now);
  Result<void> reconnect_shard(ShardId shard, TimePoint now);
  Result<void> hot_switchover(ShardId shard, TimePoint now);
  /// Another shard is to carry `id`; the one that does goes on until nothing would be lost.
  /// Errors: kUnknownShard, kInvalidArgument, kNotConnected unless both shards are dependable,
  /// kNoRoom, kSubscriptionLimit, kNotRunning, kStopped.
  Result<void> move(SubscriptionId id, ShardId shard, TimePoint now);
  /// Spreads anew what the shards carry. Returns how many subscriptions are going to move; those
  /// of a plan that is under way already, if there is one. Errors: kNotRunning, kStopped.
  Result<std::size_t> rebalance(TimePoint now);
  /// On the connection that serves `shard`.
  Result<void> send(ShardId shard, const OutgoingMessage& message);
  /// On that connection only.
  Result<void> send(ConnectionId connection, const OutgoingMessage& message);
  /// Reading stops, by the driver's own choice: no silence counts until resume_receiving(). Of all
  /// shards, those to come included, or of one; resuming is for all.
  void pause_receiving(TimePoint now);
  void pause_receiving(ShardId shard, TimePoint now);
  void resume_receiving(TimePoint now);
  /// Before start(), by tests of tests only.
  void weaken(Handover handover) { settings_.handover = handover; }
  /// Destroys what is over. Nobody may hold a Connection of this supervisor any more.
  void discard_closed();

  // Inputs.
  /// First in each turn, before anything is read or told: if the turn comes much later than it was
  /// asked for, the process has stood still, and no silence of that time counts. What begins in
  /// this turn must not be put off by it, so the turn has to be begun before.
  void begin_turn(TimePoint now);
  void handle_prepared(ConnectionId connection, Result<Preparation, DisconnectReason> preparation,
                       TimePoint now);
  /// The look-up of the name is over: its server sees the connect from now on, which is what
  /// connects_per_window counts. handle_dialed() implies it.
  void handle_connecting(ConnectionId connection, TimePoint now);
  void handle_dialed(ConnectionId connection, TimePoint now);
  void handle_greeted(ConnectionId connection,
                      Result<std::vector<OutgoingMessage>, DisconnectReason> messages,
                      TimePoint now);
  void handle_rendered(ConnectionId connection, Result<std::optional<OutgoingMessage>> rendered,
                       TimePoint now);
  void handle_received(ConnectionId connection, TimePoint now);
  /// What a message was, one call for each, in their order; before it is delivered, for the answer
  /// may be that it must not be, and before handle_received().
  [[nodiscard]] Reception handle_inspected(ConnectionId connection, const Message& message,
                                           const Inspected& inspected, TimePoint now);
  /// Everything that `connection` had to transmit has been written.
  void handle_transmitted(ConnectionId connection, TimePoint now);
  void handle_transport_ended(ConnectionId connection, DisconnectReason reason, TimePoint now);
  void handle_error_answer(ConnectionId connection, ErrorAnswer answer, TimePoint now);
  void handle_timeout(TimePoint now);

  // Outputs.
  [[nodiscard]] std::optional<Action> poll_action() { return out_.take_action(); }
  [[nodiscard]] std::optional<EventKind> poll_event() { return out_.take_event(); }
  /// A message that has waited for others, and is to be delivered before anything else is.
  [[nodiscard]] std::optional<Joins::Released> poll_released(TimePoint now);
  /// A connection that has something to transmit since it was last asked; none when all were named.
  [[nodiscard]] std::optional<ConnectionId> poll_transmit(TimePoint now);
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;

  // Getters.
  [[nodiscard]] SupervisorStatus status() const { return status_; }
  /// Lifetime: until discard_closed().
  [[nodiscard]] Connection* connection(ConnectionId id);
  /// To be asked when action::Forget is performed: a hook may have wished for the id meanwhile.
  [[nodiscard]] bool is_forgettable(SubscriptionId id) const { return book_.is_forgettable(id); }
  /// Everything desired has been requested on open connections.
  [[nodiscard]] bool is_live() const;
  [[nodiscard]] Result<std::vector<SubscriptionId>> shard_subscriptions(ShardId shard) const;
  [[nodiscard]] std::optional<SubscriptionState> subscription_state(SubscriptionId id,
                                                                    TimePoint now) const;
  /// Without queue_depth, which is not the core's.
  [[nodiscard]] MetricsSnapshot metrics(TimePoint now) const;

 private:
  using Deadline = std::pair<TimePoint, ShardId>;
  /// What has been silent, and on which copy; none is the original.
  using Silence = std::pair<SubscriptionId, std::optional<ShardId>>;

  /// More than a busy loop is ever late, less than any time-out that matters.
  static constexpr Duration kStandstill = std::chrono::seconds{1};

  struct Slot {
    std::unique_ptr<Shard> shard;
    std::optional<TimePoint> deadline;  // As it stands in deadlines_.
    bool is_touched = false;            // Stands in touched_.
    bool is_replacement = false;        // Was opened for what a suspended shard carried.
    ShardStanding standing = ShardStanding::kOpening;  // As note_standing() has seen it; originals.
  };

  /// What the ladder has opened last.
  struct Fresh {
    ShardId id;
    TimePoint since;
  };

  Shard& open_shard(TimePoint now);
  [[nodiscard]] Shard* fresh_shard(ShardId but, Duration timeout, TimePoint now);
  Shard& add_shard(SourceIndex source, std::size_t first_place, TimePoint now);
  [[nodiscard]] std::vector<Shard*> group_of(ShardId original) const;
  [[nodiscard]] ShardStanding standing_of(ShardId original) const;
  [[nodiscard]] SubscriptionState state_of(SubscriptionId id, ShardId original, TimePoint since,
                                           TimePoint now) const;
  [[nodiscard]] SubscriptionCounts counts_of(const Shard& original, TimePoint now) const;
  [[nodiscard]] std::size_t requested_count(const Shard& original) const;
  [[nodiscard]] bool is_live(const Shard& original) const;
  [[nodiscard]] bool is_heard_elsewhere(SubscriptionId id, const Shard& carrier,
                                        TimePoint since) const;
  [[nodiscard]] bool is_probed(ShardId original) const;
  void open_group(Shard& original, TimePoint now);
  void carry(SubscriptionId id, Shard& original, TimePoint now);
  void host(SubscriptionId id, Shard& original, TimePoint now);
  void drop(SubscriptionId id, Shard& original, TimePoint now);
  void leave_to_others(SubscriptionId id, Shard& original, TimePoint now);
  void forget_redrives(SubscriptionId id);
  void place_initial(std::span<const SubscriptionId> initial, std::size_t shards, TimePoint now);
  SubscribeResult place(SubscriptionId id, TimePoint now);
  void assign(SubscriptionId id, Shard& shard, TimePoint now);
  void redrive(const SubscriptionTracker::Silent& silent, Shard& carrier, TimePoint now);
  void carry_over(SubscriptionId id, Shard& from, Shard& to, TimePoint now);
  void note_delivered(SubscriptionId id, std::size_t bytes, TimePoint now);
  void note_lost(SubscriptionId id, Shard* shard, std::uint64_t lost_before);
  void note_proof(SubscriptionId id);
  void finish_proven_moves(TimePoint now);
  void look_after_moves(TimePoint now);
  [[nodiscard]] Switchover::Evidence evidence(SubscriptionId id, const Moves::Move& move,
                                              TimePoint now) const;
  [[nodiscard]] Switchover::Evidence evidence(SubscriptionId id, const Shard& to,
                                              std::optional<TimePoint> last, TimePoint now) const;
  void report_move(SubscriptionId id, const Moves::Move& move, MoveOutcome outcome, TimePoint now);
  void finish_move(SubscriptionId id, MoveOutcome outcome, TimePoint now);
  void give_up_move(SubscriptionId id, TimePoint now);
  void begin_rebalance(TimePoint now);
  void go_on_rebalancing(TimePoint now);
  void finish_rebalance(const Rebalancing::Result& result, TimePoint now);
  [[nodiscard]] std::vector<ShardLoad> loads(TimePoint now) const;
  [[nodiscard]] std::set<ShardId> restless_shards(TimePoint now) const;
  [[nodiscard]] static RebalancePolicy policy_from(const ManagerOptions& options);
  void note_imbalance(TimePoint now);
  void look_after_balance(TimePoint now);
  bool carry_over_refused(SubscriptionId id, ShardId from, ShardId to, TimePoint now);
  void close_unneeded(Shard& shard, TimePoint now);
  void send_guest_away(SubscriptionId id, Shard& host, TimePoint now);
  [[nodiscard]] std::optional<ShardId> choose_shard();
  void note_standing(ShardId changed);
  void rescue(TimePoint now);
  void evacuate(Shard& from, TimePoint now);
  [[nodiscard]] bool may_replace(const Shard& shard) const;
  void forget_if_unused(SubscriptionId id);
  void close_if_empty(Shard& shard, TimePoint now);
  [[nodiscard]] bool has_to_act() const;
  [[nodiscard]] bool is_any_due(TimePoint now) const;
  void handle_due(TimePoint now);
  void give_permits(TimePoint now);
  void touch(ShardId shard);
  void keep_deadline(Slot& slot, const Shard& shard);
  template <class Telling>
  void tell(ShardId shard, Telling telling);
  void refresh(Shard& shard);
  void pause_waiting(TimePoint now);
  void resume_waiting(TimePoint now);
  void forgive_standstill(TimePoint since, TimePoint now);
  void finish_stop();
  [[nodiscard]] std::optional<Error> refusal() const;
  [[nodiscard]] std::optional<Error> growth_refusal() const;
  [[nodiscard]] std::optional<Error> shortage(std::size_t shards) const;
  [[nodiscard]] std::optional<Error> excess(std::size_t subscriptions) const;
  [[nodiscard]] bool may_open_shard() const { return !shortage(1); }
  [[nodiscard]] Shard* find(ShardId id) const;
  [[nodiscard]] static Failure<Error> unknown(ShardId shard);

  const ShardManagerConfig config_;
  ShardSettings settings_;  // Complete from start() on.
  Rng& rng_;
  EntropySource& entropy_;
  Outbox out_;
  ConnectGovernor governor_;
  SubscriptionBudget budget_;
  Circuits circuits_;
  ProxyRotation proxies_;
  SourceAddresses sources_;
  Ledger ledger_;
  Joins joins_;
  FeedKnowledge feed_;
  RenewalSchedule renewals_;

  SupervisorStatus status_ = SupervisorStatus::kReady;
  SubscriptionBook book_;
  Moves moves_;
  const RebalancePolicy policy_;
  Rebalancing rebalancing_;
  SubscriptionRates rates_;
  const bool measures_rates_;
  const std::size_t redundancy_;
  Copies copies_;
  std::map<Silence, Redrive> redrives_;
  std::optional<Fresh> fresh_;
  std::optional<Placement> placement_;  // From start() on; knows the shards that take wishes.
  std::size_t shard_capacity_ = 0;
  std::map<ShardId, Slot> shards_;
  std::set<ShardId> stranded_;  // Suspended.
  std::set<ShardId> revived_;   // Back from it; not needed if they find nothing to carry.
  bool is_rescue_due_ = false;
  bool has_standing_changed_ = false;  // Of any shard.
  std::set<Deadline> deadlines_;
  std::vector<ShardId> touched_;  // May have something to transmit.
  std::vector<ConnectionId> to_transmit_;
  ShardId::rep shards_opened_ = 0;
  std::optional<TimePoint> stop_deadline_;
  TimePoint last_turn_;
  Traffic past_traffic_;  // Of the shards that are over.
  bool is_paused_ = false;
};

}  // namespace wsm
