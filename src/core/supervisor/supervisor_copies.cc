// A shard and its copies: one group, which carries the same over several connections.

#include <algorithm>
#include <vector>

#include "core/supervisor/supervisor.h"

namespace wsm {

/// With its copies, none of which is connected yet.
Shard& Supervisor::open_shard(TimePoint now) {
  const ShardId group{shards_opened_};
  Shard& original = add_shard(sources_.take(group, now), 0, now);
  placement_->add_shard(original.id());
  for (std::size_t copy = 1; copy < redundancy_; ++copy) {
    copies_.add(group, ShardId{shards_opened_});
    (void)add_shard(sources_.take(group, now), copy, now);
  }
  return original;
}

Shard& Supervisor::add_shard(SourceIndex source, std::size_t first_place, TimePoint now) {
  const ShardId id{shards_opened_++};
  Slot& slot = shards_[id];
  slot.shard = std::make_unique<Shard>(
      id,
      ShardEnvironment{settings_, rng_, entropy_, out_, governor_, budget_, circuits_, proxies_,
                       sources_, ledger_, joins_, feed_, copies_, renewals_, source, first_place});
  if (is_paused_) slot.shard->pause(now);
  return *slot.shard;
}

void Supervisor::open_group(Shard& original, TimePoint now) {
  for (Shard* shard : group_of(original.id())) {
    if (shard->status() == ShardStatus::kIdle) shard->open(now);
    refresh(*shard);
  }
}

/// The original first, and what is left of its copies.
std::vector<Shard*> Supervisor::group_of(ShardId original) const {
  std::vector<Shard*> group;
  if (Shard* shard = find(original)) group.push_back(shard);
  for (const ShardId copy : copies_.of(original)) {
    if (Shard* shard = find(copy)) group.push_back(shard);
  }
  return group;
}

void Supervisor::carry(SubscriptionId id, Shard& original, TimePoint now) {
  for (Shard* shard : group_of(original.id())) {
    if (shard->subscribe(id, now)) book_.hold(id);
    refresh(*shard);
  }
}

/// The original as a guest: what becomes of `id` is not its to tell. Copies tell nothing anyway.
void Supervisor::host(SubscriptionId id, Shard& original, TimePoint now) {
  for (Shard* shard : group_of(original.id())) {
    const bool is_new = shard == &original ? shard->host(id, now) : shard->subscribe(id, now);
    if (is_new) book_.hold(id);
    refresh(*shard);
  }
}

/// None of them carries `id` any more.
void Supervisor::drop(SubscriptionId id, Shard& original, TimePoint now) {
  for (Shard* shard : group_of(original.id())) {
    shard->unsubscribe(id, now);
    refresh(*shard);
  }
}

/// The same; others carry it, and what these still bring of it is welcome.
void Supervisor::leave_to_others(SubscriptionId id, Shard& original, TimePoint now) {
  for (const Shard* shard : group_of(original.id())) joins_.leave(id, shard->id(), now);
  drop(id, original, now);
}

/// The best that may be expected of any of them.
ShardStanding Supervisor::standing_of(ShardId original) const {
  ShardStanding best = find(original)->standing();
  if (best == ShardStanding::kEnding) return best;
  const auto is_better = [](ShardStanding a, ShardStanding b) {
    return a != b &&
           (a == ShardStanding::kDependable || (b != ShardStanding::kDependable && a < b));
  };
  for (const ShardId copy : copies_.of(original)) {
    if (const Shard* shard = find(copy)) best = std::min(best, shard->standing(), is_better);
  }
  return best;
}

bool Supervisor::is_probed(ShardId original) const {
  return std::ranges::any_of(group_of(original), [](const Shard* s) { return s->is_probed(); });
}

/// The original's word counts, unless a copy has it live.
SubscriptionState Supervisor::state_of(SubscriptionId id, ShardId original, TimePoint since,
                                       TimePoint now) const {
  const Shard* shard = find(original);  // None when it has stopped.
  if (!shard) return {SubscriptionStatus::kDesired, original, now - since};
  auto state = shard->state(id, since, now);
  for (const ShardId copy : copies_.of(original)) {
    if (state.status == SubscriptionStatus::kLive) break;
    const Shard* other = find(copy);
    if (!other) continue;
    auto seen = other->state(id, since, now);
    if (seen.status != SubscriptionStatus::kLive) continue;
    seen.shard = original;
    state = std::move(seen);
  }
  return state;
}

/// Cost: that of each subscription's state where there are copies.
SubscriptionCounts Supervisor::counts_of(const Shard& original, TimePoint now) const {
  if (copies_.of(original.id()).empty()) return original.subscription_counts(now);
  SubscriptionCounts counts;
  for (const SubscriptionId id : original.residents()) {
    ++count_of(counts, state_of(id, original.id(), now, now).status);
  }
  return counts;
}

std::size_t Supervisor::requested_count(const Shard& original) const {
  std::size_t most = 0;
  for (const Shard* shard : group_of(original.id())) {
    most = std::max(most, shard->requested_count());
  }
  return most;
}

bool Supervisor::is_live(const Shard& original) const {
  return std::ranges::any_of(group_of(original.id()),
                             [](const Shard* shard) { return shard->is_live(); });
}

/// Whether a companion of `carrier` has had data of `id` since then.
bool Supervisor::is_heard_elsewhere(SubscriptionId id, const Shard& carrier,
                                    TimePoint since) const {
  return std::ranges::any_of(group_of(copies_.original_of(carrier.id())), [&](const Shard* shard) {
    return shard != &carrier && shard->serving() &&
           joins_.last_data(id, *shard->serving()) >= since;
  });
}

}  // namespace wsm
