#pragma once

#include <cstddef>
#include <limits>
#include <set>
#include <vector>

#include <wsm/config.h>
#include <wsm/types.h>

#include "base/rng.h"
#include "base/time.h"
#include "core/limits/connect_urgency.h"
#include "core/recovery/probation.h"

namespace wsm {

/// Which of our own addresses: its place in ConnectionOptions::source_ips. 0 where there are none.
using SourceIndex = std::size_t;

/// Spreads the shards over our own addresses: each new one comes from the address that has fewest,
/// the first of them. An address never has more than its share; where there are none, the system
/// chooses, and there is no bound.
///
/// One that has failed is left out for a time, with the backoff of reconnects, as long as others
/// have room; then a new shard or a renewal tries it.
/// Lifetime: `rng` outlives it.
class SourceAddresses {
 public:
  static constexpr std::size_t kUnbounded = std::numeric_limits<std::size_t>::max();

  SourceAddresses(std::size_t addresses, std::size_t shards_each, const BackoffOptions& backoff,
                  Rng& rng);

  // Commands.
  /// For a new shard of `group`: the original with its copies, which come from different addresses
  /// if they can. To be asked only while there is room.
  [[nodiscard]] SourceIndex take(ShardId group, TimePoint now);
  /// For a shard from there, before it connects. Where nothing of it serves, it leaves an address
  /// that does not work for one that does. A renewal evens out how many each address has as well,
  /// and may try one that is due: the old connection serves if that fails.
  [[nodiscard]] SourceIndex move(SourceIndex from, ShardId group, ConnectUrgency urgency,
                                 TimePoint now);
  /// A shard from there is over.
  void give_back(SourceIndex source, ShardId group);

  // Inputs: what has become of a connection that was dialed from there at `since`.
  void handle_worked(SourceIndex source) { sources_[source].probation.handle_worked(); }
  /// It is the address that failed, and nothing beyond it.
  void handle_failed(SourceIndex source, TimePoint since, TimePoint now);
  /// Nothing was found out.
  void handle_given_up(SourceIndex source, TimePoint since) {
    sources_[source].probation.handle_given_up(since);
  }

  // Getters.
  /// How many further shards have a place.
  [[nodiscard]] std::size_t room() const;

 private:
  struct Source {
    std::multiset<ShardId> groups = {};  // Of each of its shards.
    Probation probation = {};
  };

  [[nodiscard]] bool has_promise(const Source& source, ConnectUrgency urgency, TimePoint now) const;
  [[nodiscard]] SourceIndex pick(ShardId group, ConnectUrgency urgency, TimePoint now) const;
  SourceIndex occupy(SourceIndex source, ShardId group);

  const std::size_t shards_each_;
  const BackoffOptions backoff_;
  Rng& rng_;
  std::vector<Source> sources_;
};

}  // namespace wsm
