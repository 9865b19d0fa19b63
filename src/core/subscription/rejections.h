#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <wsm/detail/subscription_id.h>

#include "base/time.h"

namespace wsm {

/// What the server has refused, and when it may be asked again.
///
/// A final refusal outlives the connection: to ask again on each new one would only annoy. It ends
/// when the application ends the subscription.
class Rejections {
 public:
  struct Rejection {
    TimePoint since;
    std::optional<TimePoint> retry_at;  ///< None: it is final.
    std::string detail;
  };

  // Commands.
  void add(SubscriptionId id, Rejection rejection);
  void remove(SubscriptionId id);
  /// Those that may be asked for again; they are not rejected any more.
  [[nodiscard]] std::vector<SubscriptionId> take_due(TimePoint now);

  // Getters.
  [[nodiscard]] const Rejection* find(SubscriptionId id) const {
    const auto entry = entries_.find(id);
    return entry == entries_.end() ? nullptr : &entry->second;
  }
  [[nodiscard]] bool contains(SubscriptionId id) const { return entries_.contains(id); }
  [[nodiscard]] const std::map<SubscriptionId, Rejection>& all() const { return entries_; }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  /// Cost: none, for it is asked in each turn.
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;

 private:
  std::map<SubscriptionId, Rejection> entries_;
  std::set<std::pair<TimePoint, SubscriptionId>> retries_;  // Of those that are not final.
};

}  // namespace wsm
