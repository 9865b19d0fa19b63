#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <wsm/event.h>

#include "demo/gap_ledger.h"
#include "demo/receipts.h"
#include "demo/timetable.h"
#include "venue/record.h"

namespace wsm::demo {

// The venue's record against the receipts of the handler: every difference is put down to the
// incident that explains it, by what the record says of that very message, or to none.
//
//   lost        published since its topic was first subscribed, and never received
//     sent on a connection that ended cleanly        unexplained: it had to arrive
//     sent only on connections that were cut         the incident that cut one of them
//     sent to nobody                                 the incident that ended the last service
//   duplicated  received more than once
//     sent on two connections, one of which had an incident with an overlap     that incident
//     more often than it was sent, or sent twice without a reason               unexplained
//   out of order  first received after a younger one of its topic
//     brought by an older connection, which had an incident with an overlap     that incident
//     anything else                                                             unexplained

/// An appointment that has been kept.
struct Happening {
  Appointment appointment;
  Duration at;                     ///< On the venue's clock.
  venue::ConnectionId connection;  ///< The one that it was done to.
  std::size_t subscriptions = 0;   ///< That it had then.
};

/// Differences, counted in messages.
struct Toll {
  std::uint64_t lost = 0;
  std::uint64_t duplicated = 0;
  std::uint64_t out_of_order = 0;

  [[nodiscard]] std::uint64_t total() const { return lost + duplicated + out_of_order; }
  friend bool operator==(const Toll&, const Toll&) = default;
};

struct Entry {
  Happening happening;
  Toll toll;
  /// Until another connection of the shard had as many subscriptions as the one that was hit.
  std::optional<Duration> restored_after;
};

struct Account {
  std::uint64_t sent = 0;      ///< Published since their topic was first subscribed, each once.
  std::uint64_t received = 0;  ///< sent - lost + duplicated, unless something was invented.
  Toll total;
  std::vector<Entry> entries;  ///< One a happening, in their order.
  Toll unexplained;
  /// Of unexplained.lost: sent on a connection that was not lost.
  std::uint64_t lost_though_sent = 0;
  /// Received, but never sent, or unreadable.
  std::uint64_t invented = 0;
  std::size_t topics = 0;
  /// Topics whose last message arrived.
  std::size_t topics_live = 0;
  Audit ledger = {};  ///< What the manager tells of itself.
  /// What came of rebalance(), once it is over.
  std::optional<event::RebalanceFinished> rebalance = {};
  /// In the order of their ends.
  std::vector<event::SwitchoverReported> switchovers = {};
  std::size_t redundancy = 1;

  /// Whether everything that had to arrive did so, everything else has its reason, and the manager
  /// knows of all of it. What several connections carry is not lost with one of them.
  [[nodiscard]] bool is_whole() const {
    return unexplained.total() == 0 && invented == 0 && lost_though_sent == 0 &&
           topics_live == topics && ledger.is_true() && (redundancy == 1 || total.lost == 0);
  }
};

/// `record` and `receipts` must be complete: no connection is open, no message on its way.
[[nodiscard]] Account settle(const venue::Record& record, const Receipts& receipts,
                             std::span<const Happening> happenings);

}  // namespace wsm::demo
