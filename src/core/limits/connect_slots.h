#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/time.h"

namespace wsm {

/// What a server allows of connects from one of our own addresses.
///
/// Whoever is going to connect reserves a slot first, which becomes a connect or is given back. So
/// no interval holds too many, however long it takes to get there.
///
/// Others may take of the same slots. Who is refused stands in line with them, until it gets a slot
/// or withdraws; none is kept long for somebody who does not come when next_slot() says.
class ConnectSlots {
 public:
  virtual ~ConnectSlots() = default;

  /// False when there is none at `now`. Cheap then, for it is asked for each shard that waits.
  [[nodiscard]] virtual bool reserve(TimePoint now) = 0;
  /// Nobody here waits for a slot any more.
  virtual void withdraw() = 0;

  // What becomes of a slot that was reserved.
  virtual void connect(TimePoint now) = 0;
  virtual void give_back() = 0;

  /// When to reserve: before that it is in vain. None while all slots are reserved; when others
  /// have given back what they had, and this one stands in line, whoever drives the core calls its
  /// handle_timeout().
  [[nodiscard]] virtual std::optional<TimePoint> next_slot() const = 0;
};

/// Of each of our own addresses.
using ConnectSlotsBySource = std::vector<std::shared_ptr<ConnectSlots>>;

}  // namespace wsm
