#include "core/limits/source_addresses.h"

#include <algorithm>
#include <ranges>
#include <tuple>

#include "base/assert.h"
#include "core/recovery/backoff.h"

namespace wsm {

SourceAddresses::SourceAddresses(std::size_t addresses, std::size_t shards_each,
                                 const BackoffOptions& backoff, Rng& rng)
    : shards_each_(addresses == 0 ? kUnbounded : shards_each),
      backoff_(backoff),
      rng_(rng),
      sources_(std::max(addresses, std::size_t{1})) {}

SourceIndex SourceAddresses::take(ShardId group, TimePoint now) {
  return occupy(pick(group, ConnectUrgency::kRenew, now), group);
}

SourceIndex SourceAddresses::move(SourceIndex from, ShardId group, ConnectUrgency urgency,
                                  TimePoint now) {
  give_back(from, group);
  const SourceIndex best = pick(group, urgency, now);
  const Source& old = sources_[from];
  const bool is_evener =
      urgency == ConnectUrgency::kRenew && sources_[best].groups.size() < old.groups.size();
  const bool goes = is_evener || !has_promise(old, urgency, now);
  return occupy(goes ? best : from, group);
}

void SourceAddresses::give_back(SourceIndex source, ShardId group) {
  auto& groups = sources_.at(source).groups;
  const auto place = groups.find(group);
  WSM_ASSERT(place != groups.end());
  groups.erase(place);
  sources_[source].probation.handle_given_up(TimePoint::max());  // It may be gone in its try.
}

void SourceAddresses::handle_failed(SourceIndex source, TimePoint since, TimePoint now) {
  Probation& probation = sources_[source].probation;
  if (!probation.handle_failed(since, now)) return;
  probation.leave_out(now + backoff_delay(backoff_, probation.failures(), rng_));
}

std::size_t SourceAddresses::room() const {
  std::size_t room = 0;
  for (const Source& source : sources_) {
    const std::size_t left = shards_each_ - source.groups.size();
    room = left > kUnbounded - room ? kUnbounded : room + left;
  }
  return room;
}

/// Who has nothing that serves makes no experiments.
bool SourceAddresses::has_promise(const Source& source, ConnectUrgency urgency,
                                  TimePoint now) const {
  return urgency == ConnectUrgency::kRestore ? source.probation.is_working()
                                             : source.probation.is_open(now);
}

SourceIndex SourceAddresses::pick(ShardId group, ConnectUrgency urgency, TimePoint now) const {
  const auto rank = [&](SourceIndex index) {
    const auto& [groups, probation] = sources_[index];
    return std::tuple{groups.size() >= shards_each_, !has_promise(sources_[index], urgency, now),
                      groups.contains(group), groups.size()};
  };
  const auto all = std::views::iota(SourceIndex{0}, sources_.size());
  const SourceIndex chosen = *std::ranges::min_element(all, {}, rank);
  WSM_ASSERT(sources_[chosen].groups.size() < shards_each_);
  return chosen;
}

SourceIndex SourceAddresses::occupy(SourceIndex source, ShardId group) {
  sources_[source].groups.insert(group);
  sources_[source].probation.begin();
  return source;
}

}  // namespace wsm
