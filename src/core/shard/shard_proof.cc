// How a Shard finds out whether its standby brings all that the active line brings.

#include <algorithm>

#include "core/shard/shard.h"

namespace wsm {

/// `line` has been asked for these. Who has brought them so far may go on with it for a while.
void Shard::begin_joins(const Line& line, const std::vector<SubscriptionId>& asked, TimePoint now) {
  const bool is_standby = &line == standby_.get();
  for (const SubscriptionId id : asked) {
    if (!desired_.contains(id)) continue;
    if (is_standby) unproven_.insert(id);
    const LastDelivered last = ledger_.last_delivered(id);
    const bool is_speaking =
        is_companion_speaking(last, joins_.serving(id, id_of(line), last)) ||
        (is_standby ? is_active_speaking(id, last, now) : guests_.contains(id));
    joins_.begin(id, id_of(line), last, is_speaking ? Speech::kSpeaking : Speech::kSilent, now);
  }
}

/// Whether a companion is expected to go on with what was delivered before.
bool Shard::is_companion_speaking(const LastDelivered& last,
                                  std::optional<ConnectionId> serving) const {
  if (!copies_.has_companions(id_)) return false;
  if (!last.connection) return true;
  return serving && copies_.are_companions(id_, serving->shard);
}

/// Whether the line that serves is expected to go on with `id`; also when it has only been asked
/// for it, and the last message is another one's.
bool Shard::is_active_speaking(SubscriptionId id, const LastDelivered& last, TimePoint now) const {
  if (switchover_.trigger() == SwitchoverTrigger::kStall || is_stale(id, now)) return false;
  return !last.connection || last.connection == id_of(*active_) || guests_.contains(id) ||
         requested_at(id).has_value();
}

bool Shard::is_stale(SubscriptionId id, TimePoint now) const {
  const auto state = active_->tracker ? active_->tracker->state(id, now) : std::nullopt;
  return state && state->status == SubscriptionStatus::kStale;
}

/// Something of `id` has come, on either side.
void Shard::note_proven(SubscriptionId id) {
  if (!standby_ || is_standby_refused(id)) return;
  if (joins_.is_proven(id, id_of(*standby_))) unproven_.erase(id);
}

/// Whatever it has brought before.
bool Shard::is_standby_refused(SubscriptionId id) const {
  return standby_ && standby_->refused.contains(id);
}

/// Something that the active line carries.
bool Shard::is_standby_refused_any() const {
  return std::ranges::any_of(standby_->refused.all(), [this](const auto& entry) {
    return !rejected_.contains(entry.first);
  });
}

void Shard::handle_released(SubscriptionId id, TimePoint now) {
  if (unproven_.empty()) return;
  note_proven(id);
  conclude_if_proven(now);
}

void Shard::conclude_if_proven(TimePoint now) {
  if (switchover_.phase() != SwitchoverPhase::kProving) return;
  // Where data does not say whose it is, some of it has to do for all.
  const bool has_shown = feed_.is_attributed ? unproven_.empty() : switchover_.has_standby_data();
  if (!has_shown || lacks_later_ones() || is_standby_refused_any() || !has_slice()) return;
  conclude(unproven_.empty() ? switchover_.handle_proven(now) : switchover_.handle_plausible(now),
           {.kind = DisconnectKind::kReplaced}, now);
}

/// Something that the active line has been asked for was subscribed after the standby had been
/// asked for everything, or is put off there.
bool Shard::lacks_later_ones() const {
  if (!switchover_.is_all_asked() || standby_->batcher->has_requested_all()) return false;
  return std::ranges::any_of(desired_, [this](SubscriptionId id) {
    return active_->batcher->requested_at(id) && !standby_->batcher->requested_at(id) &&
           !is_standby_refused(id);
  });
}

/// What there is to be said of the standby when the time for its proof is over.
Switchover::Evidence Shard::evidence(TimePoint now) const {
  if (is_standby_refused_any()) return Switchover::Evidence::kRefused;
  if (!has_slice()) return Switchover::Evidence::kNoRoom;
  if (lacks_later_ones() || standby_->tracker->is_awaiting_answers()) {
    return Switchover::Evidence::kUnanswered;
  }
  const bool is_deaf =
      feed_.is_attributed
          ? std::ranges::any_of(unproven_,
                                [&](SubscriptionId id) { return this->is_deaf(id, now); })
          : switchover_.has_active_data() && !switchover_.has_standby_data();
  return is_deaf ? Switchover::Evidence::kDeaf : Switchover::Evidence::kQuiet;
}

/// The active line has had data of `id` when the standby should have had it as well: neither just
/// after the request nor just now.
bool Shard::is_deaf(SubscriptionId id, TimePoint now) const {
  if (joins_.last_data(id, id_of(*standby_))) return false;
  const auto last = joins_.last_data(id, id_of(*active_));
  const Duration margin = settings_.proof_timeout / 4;
  return last && *last > switchover_.proving_since() + margin && *last < now - margin;
}

}  // namespace wsm
