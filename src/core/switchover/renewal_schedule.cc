#include "core/switchover/renewal_schedule.h"

#include <chrono>

#include "core/recovery/backoff.h"

namespace wsm {
namespace {

constexpr Duration kSecond = std::chrono::seconds{1};

TimePoint begin_of(Second second) { return TimePoint{second * kSecond}; }

}  // namespace

TimePoint RenewalSchedule::plan(ShardId shard, Opening opening, Duration interval, TimePoint now,
                                Rng& rng) {
  withdraw(shard);
  const Duration fifth = interval / 5;
  const TimePoint earliest = now + interval - (opening == Opening::kRenewal ? fifth : 4 * fifth);
  const TimePoint latest = now + interval;
  const Second first = (earliest.time_since_epoch() + kSecond - Duration{1}) / kSecond;
  const Second last = latest.time_since_epoch() / kSecond;
  if (first > last) return now + uniform_delay(earliest - now, interval, rng);
  const Second second = choose(first, last, rng);
  planned_.emplace(shard, second);
  return begin_of(second);
}

void RenewalSchedule::withdraw(ShardId shard) {
  const auto planned = planned_.extract(shard);
  if (planned.empty()) return;
  const Second second = planned.mapped();
  // It does not matter whose is left where there are several.
  for (auto layer = layers_.rbegin(); layer != layers_.rend(); ++layer) {
    if (layer->contains(second)) return layer->remove(second);
  }
}

/// The second of [first, last] to take, which is taken then.
Second RenewalSchedule::choose(Second first, Second last, Rng& rng) {
  const auto draw = [&] {
    return first + static_cast<Second>(rng.below(static_cast<std::uint64_t>(last - first) + 1));
  };
  if (layers_.empty()) layers_.emplace_back();
  Second best = draw();
  for (int drawn = 1; drawn < kDraws; ++drawn) {
    const Second other = draw();
    if (layers_[0].distance(other) > layers_[0].distance(best)) best = other;
  }
  for (std::size_t layer = 0;; ++layer) {
    if (layer == layers_.size()) layers_.emplace_back();
    const auto free = layers_[layer].nearest_free(best, first, last);
    if (!free) continue;
    layers_[layer].add(*free);
    return *free;
  }
}

}  // namespace wsm
