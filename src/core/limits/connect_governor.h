#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include <wsm/types.h>

#include "base/time.h"
#include "core/limits/connect_slots.h"
#include "core/limits/connect_urgency.h"
#include "core/limits/rolling_window.h"
#include "core/limits/source_addresses.h"

namespace wsm {

/// Lets the shards of a manager connect no faster, and no more of them, than the server allows.
///
/// Connects are counted for each of our own addresses apart, as servers do, connections over all.
/// Slots for connects may be shared with other managers; connections are this one's alone.
///
/// Each attempt needs a permit. A shard that gets none at once waits in the order of asking; those
/// with nothing live go before standbys. Where one address has no slot, those behind it that come
/// from another one go on. A permit becomes a connect when TCP begins, which is what a server
/// counts; until then it holds a slot (ConnectSlots). A connection counts from its permit until its
/// transport is closed.
///
/// Sans-IO: after handle_timeout() of the owner, ask take_permit() until it gives nothing. A
/// next_deadline() in the past asks to be woken at once, for something was given back.
class ConnectGovernor {
 public:
  struct Options {
    std::optional<RollingWindow::Options> connects;  ///< Of each source.
    std::optional<std::size_t> connections_max;      ///< Of all together.
    std::size_t sources = 1;
  };

  /// `slots` of each source; without them it has its own, as the options say.
  explicit ConnectGovernor(const Options& options, ConnectSlotsBySource slots = {});

  // Commands.
  /// Returns true when the shard has its permit at once; otherwise take_permit() names it later.
  [[nodiscard]] bool ask(ShardId shard, SourceIndex source, ConnectUrgency urgency, TimePoint now);
  /// `shard` does not wait any more, if it did.
  void withdraw(ShardId shard);

  // Inputs, about permits that were given.
  void handle_connecting(SourceIndex source, TimePoint now);
  /// It will not become a connect.
  void handle_unused(SourceIndex source);
  /// A connect is over, or the connection that came of it.
  void handle_closed();

  // Outputs.
  [[nodiscard]] std::optional<ShardId> take_permit(TimePoint now);
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;

  // Getters.
  /// Is a connection left that nobody else waits for?
  [[nodiscard]] bool has_room() const;
  /// Would a permit be given at once, as far as the window goes?
  [[nodiscard]] bool has_slot(SourceIndex source, TimePoint now) const;
  [[nodiscard]] std::size_t waiting() const { return restoring_.size() + renewing_.size(); }
  /// From their permits on.
  [[nodiscard]] std::size_t connections() const { return permits_ + connects_; }

 private:
  struct Waiting {
    ShardId shard;
    SourceIndex source;
  };
  struct Source {
    std::shared_ptr<ConnectSlots> slots;
    bool is_refused = false;  // The last time that one was wanted: it stands in line.
    std::size_t restoring = 0;
    std::size_t renewing = 0;
  };

  void enqueue(const Waiting& waiting, ConnectUrgency urgency);
  [[nodiscard]] bool is_behind(SourceIndex source, ConnectUrgency urgency) const;
  [[nodiscard]] std::optional<ShardId> take_from(std::deque<Waiting>& queue, TimePoint now);
  [[nodiscard]] bool may_renew() const;
  [[nodiscard]] bool has_connection() const;
  [[nodiscard]] bool wants_slot(const Source& source) const;
  [[nodiscard]] bool give(SourceIndex index, TimePoint now);
  void leave_lines();
  void note_left(const Waiting& waiting, const std::deque<Waiting>& queue);

  const std::optional<std::size_t> connections_max_;
  std::vector<Source> sources_;
  std::deque<Waiting> restoring_;
  std::deque<Waiting> renewing_;
  std::size_t permits_ = 0;  // No connects yet.
  std::size_t connects_ = 0;
};

}  // namespace wsm
