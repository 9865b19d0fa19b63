#pragma once

#include <memory>
#include <vector>

#include <wsm/config.h>

#include "core/limits/connect_slots.h"
#include "manager/shared_connects.h"

namespace wsm {

/// What one manager shares of connects, of each of its source addresses. Nothing, unless it limits
/// connects or names a venue.
class ConnectShares {
 public:
  ConnectShares(const ShardManagerConfig& config, const ConnectShare::Wake& wake);

  /// From now on they are held to the limit. Returns whether others who share have other limits.
  bool join();
  /// Threads: any.
  void leave();

  [[nodiscard]] ConnectSlotsBySource slots() const { return {shares_.begin(), shares_.end()}; }
  [[nodiscard]] bool is_empty() const { return shares_.empty(); }

 private:
  std::vector<std::shared_ptr<ConnectShare>> shares_;
};

}  // namespace wsm
