#include "sim/oracle_circuit.h"

#include <algorithm>
#include <string>

#include "core/recovery/circuits.h"

namespace wsm::sim {

void CircuitOracle::set_rules(const ConnectionOptions& connection, const BackoffOptions& backoff) {
  threshold_ = connection.circuit_breaker_threshold;
  delay_min_ = std::min(connection.circuit_breaker_reset_timeout, backoff.max_delay) / 2;
}

/// Whoever asks for it need not wait.
void CircuitOracle::handle_reconnect() { not_before_ = verdict_.world().now(); }

void CircuitOracle::handle_event(const EventKind& event) {
  if (const auto* begun = std::get_if<event::Connecting>(&event)) {
    note_attempt({begun->shard, begun->generation});
  } else if (const auto* opened = std::get_if<event::Connected>(&event)) {
    note_opened({opened->shard, opened->generation});
  } else if (const auto* ended = std::get_if<event::Disconnected>(&event)) {
    const ConnectionId id{ended->shard, ended->generation};
    if (!ended->was_open) note_failed(id, ended->reason.kind);
    open_.erase(id);
    dialed_.erase(id);
  }
}

void CircuitOracle::check(const Supervisor& core) {
  const auto counted = core.metrics(verdict_.world().now()).counters.circuit_breaker_trips;
  if (counted == trips_) return;
  verdict_.fail("circuit", "circuit_breaker_trips is " + std::to_string(counted) +
                               ", but there were " + std::to_string(trips_));
}

void CircuitOracle::note_attempt(ConnectionId id) {
  if (!has_tripped_) return;
  if (!probes_.empty()) {
    verdict_.fail("circuit", name_of(id) + " is tried beside " + name_of(*probes_.begin()));
  }
  if (verdict_.world().now() < not_before_) {
    verdict_.fail("circuit", name_of(id) + " is tried too soon");
  }
  probes_.insert(id);
}

void CircuitOracle::note_opened(ConnectionId id) {
  dialed_.erase(id);
  open_.insert(id);
  probes_.clear();
  failures_ = 0;
  has_tripped_ = false;
}

void CircuitOracle::note_failed(ConnectionId id, DisconnectKind kind) {
  const TimePoint now = verdict_.world().now();
  const bool counts = dialed_.contains(id) && counts_against_endpoint(kind);
  if (has_tripped_) {
    if (probes_.erase(id) > 0) not_before_ = counts ? now + delay_min_ : now;
    return;
  }
  if (!counts || !open_.empty() || ++failures_ < threshold_) return;
  has_tripped_ = true;
  ++trips_;
  not_before_ = now + delay_min_;
}

}  // namespace wsm::sim
