// How a standby takes over slice by slice, where the server has no room for everything twice: what
// is proven there the active line ends, and that makes room for more.

#include <algorithm>

#include "core/shard/shard.h"

namespace wsm {

/// The line whose word counts for `id`, if there is one.
Line* Shard::carrier_of(SubscriptionId id) const {
  return handed_over_.contains(id) ? standby_.get() : active_.get();
}

/// A guest stays on both: its move looks for it on the active line. What that one was refused is
/// not there, and stays refused until the standby serves.
bool Shard::may_hand_over(SubscriptionId id) const {
  const bool is_of_active = !handed_over_.contains(id) && !rejected_.contains(id);
  return is_of_active && !guests_.contains(id) && !is_standby_refused(id) &&
         standby_->batcher->requested_at(id);
}

/// Whether the standby can take over at least something by what it has been asked for.
bool Shard::has_slice() const {
  return standby_->batcher->has_asked_everything() ||
         std::ranges::any_of(desired_, [this](SubscriptionId id) { return may_hand_over(id); });
}

/// The standby has been asked for what there was to ask, as far as there is room.
void Shard::note_subscribed(TimePoint now) {
  const RequestBatcher& batcher = *standby_->batcher;
  const bool is_all = batcher.has_asked_everything();
  if (!is_all && !batcher.lacks_room()) return;
  switchover_.handle_standby_subscribed({batcher.requested_count(), is_all}, now);
  const bool is_proving = switchover_.phase() == SwitchoverPhase::kProving;
  if (is_proving && settings_.handover != Handover::kProven && has_slice()) {
    unproven_.clear();  // So says whoever takes a written request for a proof.
    conclude(switchover_.handle_proven(now), {.kind = DisconnectKind::kReplaced}, now);
  }
}

void Shard::hand_over(TimePoint now) {
  for (const SubscriptionId id : desired_) {
    if (!may_hand_over(id)) continue;
    handed_over_.insert(id);
    out_.tell_handed_over(id_, standby_->generation, id);
    joins_.leave(id, id_of(*active_), now);
    if (active_->batcher->unwant(id)) joins_.handle_told(id, id_of(*active_), now);
    if (unproven_.erase(id) > 0) handed_unproven_.insert(id);
  }
  request_subscriptions(*active_, now);
  note_subscribed(now);
}

/// The standby goes, and what it has carried alone is asked of the active line again; with a gap,
/// unless another shard brings it.
void Shard::take_back(TimePoint now) {
  for (const SubscriptionId id : handed_over_) {
    const bool is_covered = joins_.is_covered_without(id, id_of(*standby_));
    const bool has_gone_on = active_->batcher && want(*active_, id, now);
    if (is_covered || has_gone_on) continue;
    interrupt(id, GapCause::kReconnect, id_of(*standby_), now);
  }
  request_subscriptions(*active_, now);
}

}  // namespace wsm
