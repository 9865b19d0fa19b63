#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include <wsm/types.h>

#include "base/time.h"

namespace wsm {

/// Subscriptions that a server allows over all connections together. Each counts once for every
/// connection that carries it: from before the request leaves until kSettle after its end, for what
/// leaves on two connections arrives in any order.
///
/// Sans-IO: a next_deadline() in the past asks to be woken at once, for there is room for who
/// waits.
class SubscriptionBudget {
 public:
  /// What a request to end something takes to arrive, and the end of a connection to be noticed.
  static constexpr Duration kSettle = std::chrono::seconds{1};

  /// None: no limit, and nothing is counted.
  explicit SubscriptionBudget(std::optional<std::size_t> most) : most_(most) {}

  // Commands.
  /// Returns false when there is no room for one more.
  [[nodiscard]] bool take();
  /// The server has been told to end so many, or their connection is over.
  void give_back(std::size_t count, TimePoint now);
  /// So many do not count: they were not asked for after all, or refused.
  void cancel(std::size_t count);
  /// `shard` could not take what it needs.
  void await_room(ShardId shard);

  // Inputs.
  void handle_timeout(TimePoint now);

  // Outputs.
  /// Who has waited, first come first, if there is room; whoever still lacks some waits again.
  [[nodiscard]] std::vector<ShardId> take_admitted();
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;

  // Getters.
  [[nodiscard]] bool has_room(std::size_t count = 1) const {
    return !most_ || taken_ + count <= *most_;
  }
  /// What counts at the moment.
  [[nodiscard]] std::size_t taken() const { return taken_; }

 private:
  struct Ending {
    TimePoint at;
    std::size_t count;
  };

  const std::optional<std::size_t> most_;
  std::size_t taken_ = 0;
  std::deque<Ending> ending_;  // In order.
  std::vector<ShardId> waiting_;
};

}  // namespace wsm
