#pragma once

#include <cstdint>
#include <set>

#include <wsm/config.h>

#include "core/supervisor/supervisor.h"
#include "sim/observer.h"
#include "sim/verdict.h"

namespace wsm::sim {

/// While nobody can connect, one attempt is under way at a time, and not too soon after the last.
/// Counts for itself what attempts have come to; there is one endpoint in a world.
class CircuitOracle final : public Observer {
 public:
  explicit CircuitOracle(Verdict& verdict) : verdict_(verdict) {}

  /// What must hold from now on.
  void set_rules(const ConnectionOptions& connection, const BackoffOptions& backoff);

  void handle_reconnect() override;
  void handle_dial(ConnectionId id, SourceIndex) override { dialed_.insert(id); }
  void handle_event(const EventKind& event) override;

  void check(const Supervisor& core);

  [[nodiscard]] std::uint64_t trips() const { return trips_; }

 private:
  void note_attempt(ConnectionId id);
  void note_opened(ConnectionId id);
  void note_failed(ConnectionId id, DisconnectKind kind);

  Verdict& verdict_;
  std::uint32_t threshold_ = ConnectionOptions{}.circuit_breaker_threshold;
  Duration delay_min_{};
  std::set<ConnectionId> dialed_;  // And not open or over.
  std::set<ConnectionId> open_;
  std::set<ConnectionId> probes_;  // Begun since it tripped, and not over.
  std::uint32_t failures_ = 0;
  bool has_tripped_ = false;
  TimePoint not_before_{};
  std::uint64_t trips_ = 0;
};

}  // namespace wsm::sim
