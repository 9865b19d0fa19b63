#pragma once

#include <map>
#include <optional>

#include <wsm/detail/subscription_id.h>

#include "base/time.h"

namespace wsm {

/// Since when each subscription waits to be live: since it is wished for, or since its connection
/// was lost.
class WaitingTimes {
 public:
  /// What waits already goes on waiting.
  void begin(SubscriptionId id, TimePoint now) { since_.try_emplace(id, now); }
  /// It is not wished for any more, or was refused.
  void end(SubscriptionId id) { since_.erase(id); }
  /// It is live: how long it has waited, if it has.
  [[nodiscard]] std::optional<Duration> take(SubscriptionId id, TimePoint now) {
    const auto waiting = since_.extract(id);
    if (waiting.empty()) return std::nullopt;
    return now - waiting.mapped();
  }

  [[nodiscard]] const std::map<SubscriptionId, TimePoint>& all() const { return since_; }

 private:
  std::map<SubscriptionId, TimePoint> since_;
};

}  // namespace wsm
