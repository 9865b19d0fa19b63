#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include <wsm/detail/subscription_id.h>
#include <wsm/event.h>

#include "base/time.h"
#include "core/join/held_message.h"
#include "core/switchover/switchover.h"

namespace wsm {

/// Keeps account of the switchovers of a shard until each can be reported: when the connection that
/// had to go is over. The next one may have begun by then.
///
/// Cost: nothing while there is no switchover.
class SwitchoverReports {
 public:
  // Inputs.
  /// A switchover from one connection to another has begun.
  void begin(Generation from, Generation to);
  /// What has become of a message on `line`.
  void handle_fate(Generation line, JoinFate fate);
  /// A gap of `id` has begun with the end of `line`, while the shard was switching or an old
  /// connection drained.
  void handle_interrupted(SubscriptionId id, std::optional<Generation> line);
  /// So many messages of `id` have turned out to be missing; fewer than none, where one that was
  /// missing has come late.
  void handle_lost(SubscriptionId id, std::int64_t messages);
  /// Nobody wants `id` any more: it has no name to be reported by.
  void forget(SubscriptionId id);
  /// The one that was begun last is decided; `proven` and `unproven` of the new connection.
  void conclude(const Switchover::Verdict& verdict, ShardId shard, std::size_t proven,
                std::vector<SubscriptionName> unproven, TimePoint now);

  // Outputs.
  /// The report that has waited for the end of `line`, if one has.
  [[nodiscard]] std::optional<event::SwitchoverReported> take(Generation line, TimePoint now);

  // Getters.
  [[nodiscard]] bool empty() const { return open_.empty(); }

 private:
  struct Open {
    Generation from;
    Generation to;
    event::SwitchoverReported report = {};
    std::optional<Generation> goes = {};  // Once it is decided.
    TimePoint decided_at = {};
    std::int64_t lost = 0;
    std::set<SubscriptionId> interrupted = {};
  };

  std::vector<Open> open_;  // The last one has begun last.
};

}  // namespace wsm
