#pragma once

#include <wsm/metrics.h>
#include <wsm/subscription.h>

#include "base/assert.h"

namespace wsm {

/// Where subscriptions of `status` are counted.
[[nodiscard]] inline std::size_t& count_of(SubscriptionCounts& counts, SubscriptionStatus status) {
  switch (status) {
    case SubscriptionStatus::kDesired: return counts.desired;
    case SubscriptionStatus::kRequested: return counts.requested;
    case SubscriptionStatus::kLive: return counts.live;
    case SubscriptionStatus::kStale: return counts.stale;
    case SubscriptionStatus::kRejected: return counts.rejected;
  }
  WSM_ASSERT(false && "no other status");
  return counts.desired;
}

}  // namespace wsm
