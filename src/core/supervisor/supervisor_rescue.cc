// Which shard carries what: subscriptions that are silent, or whose shard is suspended, move.

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "core/supervisor/supervisor.h"

namespace wsm {

/// Climbs the ladder for one that has been silent on a connection that has data of others.
void Supervisor::redrive(const SubscriptionTracker::Silent& silent, Shard& carrier, TimePoint now) {
  const SubscriptionId id = silent.id;
  if (status_ != SupervisorStatus::kRunning) return;
  const bool is_copy = copies_.is_copy(carrier.id());
  if (book_.shard_of(id) != copies_.original_of(carrier.id())) return;
  const Silence silence{id, is_copy ? std::optional{carrier.id()} : std::nullopt};
  Redrive& redrive = redrives_[silence];
  // What only a companion has brought does not say that this one was brought back.
  const bool is_heard = ledger_.last_data(id) > redrive.told_at() &&
                        !is_heard_elsewhere(id, carrier, redrive.told_at());
  if (is_heard) redrive.handle_data();
  const auto rung = redrive.take_rung(silent.timeout, now);
  if (!rung) return;
  if (*rung == Redrive::Rung::kAskAgain) {
    carrier.renew(id, now);
    return refresh(carrier);
  }
  if (moves_.find(id)) return;  // It is about to be elsewhere.
  // Where a companion has data it stays with: only this connection is of no use.
  if (is_copy || is_heard_elsewhere(id, carrier, now - silent.timeout)) {
    carrier.replace_for_silent(now);
    return refresh(carrier);
  }
  if (*rung == Redrive::Rung::kMove) {
    const auto is_open = [&](ShardId other) {
      return other != carrier.id() && standing_of(other) == ShardStanding::kDependable;
    };
    if (const auto other = placement_->least_loaded(is_open)) {
      carry_over(id, carrier, *find(*other), now);
      return close_if_empty(carrier, now);
    }
  }
  if (config_.manager().auto_rebalance && carrier.residents().size() > 1) {
    if (Shard* fresh = fresh_shard(carrier.id(), silent.timeout, now)) {
      carry_over(id, carrier, *fresh, now);
      return open_group(*fresh, now);
    }
  }
  carrier.replace_for_silent(now);
  refresh(carrier);
}

/// A connection that has not been tried yet. All that climb within a time-out share one as far as
/// it has room: a market that closes must not open hundreds. Null if there may be no further one,
/// or the last one has never come to anything.
Shard* Supervisor::fresh_shard(ShardId but, Duration timeout, TimePoint now) {
  const auto last = fresh_ ? shards_.find(fresh_->id) : shards_.end();
  if (last != shards_.end()) {
    Shard& shard = *last->second.shard;
    const ShardStanding standing = standing_of(shard.id());
    const bool is_new = standing == ShardStanding::kOpening ||
                        (standing == ShardStanding::kDependable && now - fresh_->since < timeout);
    const bool has_room = placement_->knows(shard.id()) && placement_->has_room(shard.id());
    if (shard.id() != but && is_new && has_room) return &shard;
    if (!shard.has_been_open() && !is_new) return nullptr;
  }
  if (!may_open_shard()) return nullptr;
  Shard& opened = open_shard(now);
  fresh_ = Fresh{opened.id(), now};
  return &opened;
}

void Supervisor::forget_redrives(SubscriptionId id) {
  const auto first = redrives_.lower_bound({id, std::nullopt});
  auto last = first;
  while (last != redrives_.end() && last->first.first == id) ++last;
  redrives_.erase(first, last);
}

/// With a gap: only for what has no data to lose, and is not on the move.
void Supervisor::carry_over(SubscriptionId id, Shard& from, Shard& to, TimePoint now) {
  WSM_ASSERT(!moves_.find(id));  // To end that move might close `to`.
  placement_->remove_load(from.id());
  placement_->add_load(to.id());
  book_.move(id, to.id());
  ledger_.handle_interrupted(id, from.id(), GapCause::kMove, from.serving(), now);
  out_.tell_status(to.id(), std::nullopt, SubscriptionStatus::kDesired, id);
  if (const auto* rejection = from.rejection(id)) {
    to.adopt_rejection(id, *rejection);
    out_.tell_status(to.id(), std::nullopt, SubscriptionStatus::kRejected, id);
  }
  leave_to_others(id, from, now);
  carry(id, to, now);
}

void Supervisor::close_if_empty(Shard& shard, TimePoint now) {
  const bool may_close = config_.manager().auto_rebalance && status_ == SupervisorStatus::kRunning;
  if (!may_close || !shard.desired().empty()) return;
  close_unneeded(shard, now);
}

void Supervisor::close_unneeded(Shard& shard, TimePoint now) {
  placement_->remove_shard(shard.id());
  for (Shard* each : group_of(shard.id())) {
    each->close({.kind = DisconnectKind::kRequested, .detail = "nothing left to carry"}, now);
    refresh(*each);
  }
}

/// For a wish. When everything is down, it waits with the others: one more shard would not help.
std::optional<ShardId> Supervisor::choose_shard() {
  if (const auto chosen = placement_->choose()) return chosen;
  const bool is_any_live = std::ranges::any_of(
      shards_, [](const auto& slot) { return slot.second.shard->status() == ShardStatus::kLive; });
  return is_any_live ? std::nullopt : placement_->choose_excluded();
}

/// Notices when what may be expected of a shard and its copies has changed; rescue() acts on it.
void Supervisor::note_standing(ShardId changed) {
  const auto place = shards_.find(copies_.original_of(changed));
  if (place == shards_.end()) return;  // It is over; its copies are about to be.
  Slot& slot = place->second;
  const Shard& shard = *slot.shard;
  const ShardStanding before = std::exchange(slot.standing, standing_of(shard.id()));
  if (before == slot.standing) return;
  if (slot.standing == ShardStanding::kEnding) {
    stranded_.erase(shard.id());
    revived_.erase(shard.id());
  } else if (slot.standing == ShardStanding::kSuspended) {
    placement_->exclude(shard.id());
    stranded_.insert(shard.id());
    revived_.erase(shard.id());
  } else if (before == ShardStanding::kSuspended) {
    if (!rebalancing_.is_being_emptied(shard.id())) placement_->readmit(shard.id());
    stranded_.erase(shard.id());
    revived_.insert(shard.id());
  }
  moves_.handle_changed(shard.id());
  has_standing_changed_ = status_ == SupervisorStatus::kRunning;
  is_rescue_due_ = is_rescue_due_ || !stranded_.empty() || !revived_.empty();
}

/// What suspended shards carry goes to others as far as they can take it. A shard that is back from
/// suspension and finds nothing to carry is not needed any more.
void Supervisor::rescue(TimePoint now) {
  is_rescue_due_ = false;
  if (status_ != SupervisorStatus::kRunning) return;
  bool is_all_carried = true;
  bool has_prober = false;
  for (const ShardId id : std::vector<ShardId>{stranded_.begin(), stranded_.end()}) {
    Shard& shard = *find(id);
    evacuate(shard, now);
    if (!shard.desired().empty()) {
      is_all_carried = false;
    } else if (is_probed(id) && !std::exchange(has_prober, true)) {
      continue;  // One is enough to learn whether the server takes more connections again.
    } else {
      close_if_empty(shard, now);
    }
  }
  for (const ShardId id : std::vector<ShardId>{revived_.begin(), revived_.end()}) {
    Shard& shard = *find(id);
    const bool is_dependable = standing_of(id) == ShardStanding::kDependable;
    if (!is_all_carried && !is_dependable) continue;  // It may be needed yet.
    revived_.erase(id);
    close_if_empty(shard, now);
  }
}

/// Moves nothing while no other shard serves: then everything is down, and whoever comes back first
/// has everything that was its own.
void Supervisor::evacuate(Shard& from, TimePoint now) {
  std::set<std::pair<std::size_t, ShardId>> live;
  std::set<std::pair<std::size_t, ShardId>> opening;
  bool is_any_dependable = false;
  for (const auto& [id, slot] : shards_) {
    if (copies_.is_copy(id)) continue;
    const ShardStanding standing = standing_of(id);
    is_any_dependable = is_any_dependable || standing == ShardStanding::kDependable;
    if (!placement_->knows(id) || !placement_->has_room(id)) continue;
    if (standing == ShardStanding::kDependable) live.emplace(placement_->load(id), id);
    if (standing == ShardStanding::kOpening) opening.emplace(placement_->load(id), id);
  }
  if (!is_any_dependable) return;
  for (const SubscriptionId id : from.residents()) {
    auto& takers = live.empty() ? opening : live;
    if (takers.empty()) {
      if (!may_replace(from)) return;
      Shard& fresh = open_shard(now);
      shards_.at(fresh.id()).is_replacement = true;
      open_group(fresh, now);
      takers.emplace(0, fresh.id());
    }
    Shard& to = *find(takers.extract(takers.begin()).value().second);
    carry_over(id, from, to, now);
    if (placement_->has_room(to.id())) takers.emplace(placement_->load(to.id()), to.id());
  }
}

/// A replacement that has never opened, or that on_error has stopped, is not replaced in its turn,
/// or a server that takes no further connection would make us open shards without end.
bool Supervisor::may_replace(const Shard& shard) const {
  if (!config_.manager().auto_rebalance || !may_open_shard()) return false;
  const bool is_fresh_start = shard.has_been_open() && is_probed(shard.id());
  return is_fresh_start || !shards_.at(shard.id()).is_replacement;
}

}  // namespace wsm
