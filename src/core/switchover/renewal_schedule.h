#pragma once

#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include <wsm/types.h>

#include "base/rng.h"
#include "base/time.h"
#include "core/switchover/taken_seconds.h"

namespace wsm {

/// When the connections of a process are renewed: all of them apart from each other.
///
/// Theory. Who has been renewed gets an age in the last fifth of the interval for the next time.
/// Who was opened otherwise may belong to a herd, that of a start or of an outage, which would stay
/// together for many intervals: he gets an age in the last four fifths, once.
///
/// Time is divided into seconds, and each shard has one for its next renewal. Of several seconds
/// that are drawn, it gets the one that is farthest from those of all others: Mitchell's best
/// candidate ("Spectrally Optimal Sampling for Distribution Ray Tracing", 1991), which spreads
/// points evenly and in step with nothing. If all that are drawn are taken, it gets the free one
/// that is nearest to the first. So no two are renewed in the same second as long as there is a
/// free one, and three only where each has two already.
///
/// Pure. Cost of each command: O(log n), n being the number of shards.
class RenewalSchedule {
 public:
  /// How the connection that is to be renewed has come to serve.
  enum class Opening : std::uint8_t { kRenewal, kOther };

  /// How many seconds are drawn.
  static constexpr int kDraws = 8;

  // Commands.
  /// When `shard`, whose connection serves since `now`, is to renew it. What was planned for it
  /// before is forgotten. Where that part of `interval` has no full second, any instant of it.
  TimePoint plan(ShardId shard, Opening opening, Duration interval, TimePoint now, Rng& rng);
  /// `shard` has nothing to renew any more.
  void withdraw(ShardId shard);

 private:
  [[nodiscard]] Second choose(Second first, Second last, Rng& rng);

  std::map<ShardId, Second> planned_;
  std::vector<TakenSeconds> layers_;  // Of each second of a layer the ones above have it as well.
};

[[nodiscard]] constexpr std::string_view to_string(RenewalSchedule::Opening opening) {
  switch (opening) {
    case RenewalSchedule::Opening::kRenewal: return "renewal";
    case RenewalSchedule::Opening::kOther: return "other";
  }
  return "unknown";
}

}  // namespace wsm
