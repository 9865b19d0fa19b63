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
void CircuitOracle::handle_reconnect(ShardId) {
  const TimePoint now = verdict_.world().now();
  for (auto& [name, endpoint] : endpoints_) {
    endpoint.not_before = std::min(endpoint.not_before, now);  // Of an attempt under way, too.
  }
}

/// An attempt that had begun before the breaker opened is let go.
void CircuitOracle::handle_dial(ConnectionId id, SourceIndex, const Url& url) {
  Attempt& attempt = attempts_[id];
  attempt.endpoint = url.endpoint();
  Endpoint& endpoint = endpoints_[*attempt.endpoint];
  if (!endpoint.has_tripped || attempt.order <= endpoint.tripped_after) return;
  if (!endpoint.probes.empty()) {
    verdict_.fail("circuit", name_of(id) + " is tried beside " + name_of(*endpoint.probes.begin()));
  }
  if (attempt.begun < endpoint.not_before) {
    verdict_.fail("circuit", name_of(id) + " is tried too soon");
  }
  endpoint.probes.insert(id);
}

void CircuitOracle::handle_event(const EventKind& event) {
  if (const auto* begun = std::get_if<event::Connecting>(&event)) {
    attempts_[{begun->shard, begun->generation}] = {verdict_.world().now(), ++begun_};
  } else if (const auto* opened = std::get_if<event::Connected>(&event)) {
    note_opened({opened->shard, opened->generation});
  } else if (const auto* ended = std::get_if<event::Disconnected>(&event)) {
    note_ended({ended->shard, ended->generation}, *ended);
  }
}

void CircuitOracle::check(const Supervisor& core) {
  const auto counted = core.metrics(verdict_.world().now()).counters.circuit_breaker_trips;
  if (counted == trips_) return;
  verdict_.fail("circuit", "circuit_breaker_trips is " + std::to_string(counted) +
                               ", but there were " + std::to_string(trips_));
}

void CircuitOracle::note_opened(ConnectionId id) {
  const auto attempt = attempts_.find(id);
  if (attempt == attempts_.end() || !attempt->second.endpoint) return;  // Another oracle's matter.
  Endpoint& endpoint = endpoints_[*attempt->second.endpoint];
  endpoint.open.insert(id);
  endpoint.probes.clear();
  endpoint.failures = 0;
  endpoint.has_tripped = false;
}

void CircuitOracle::note_ended(ConnectionId id, const event::Disconnected& ended) {
  const auto attempt = attempts_.find(id);
  if (attempt == attempts_.end()) return;
  if (attempt->second.endpoint) {
    Endpoint& endpoint = endpoints_[*attempt->second.endpoint];
    if (!ended.was_open) note_failed(endpoint, id, ended.reason.kind);
    endpoint.open.erase(id);
  }
  attempts_.erase(attempt);
}

void CircuitOracle::note_failed(Endpoint& endpoint, ConnectionId id, DisconnectKind kind) {
  const TimePoint now = verdict_.world().now();
  const bool counts = counts_against_endpoint(kind);
  if (endpoint.has_tripped) {
    if (endpoint.probes.erase(id) > 0) endpoint.not_before = counts ? now + delay_min_ : now;
    return;
  }
  if (!counts || !endpoint.open.empty() || ++endpoint.failures < threshold_) return;
  endpoint.has_tripped = true;
  ++trips_;
  endpoint.tripped_after = begun_;
  endpoint.not_before = now + delay_min_;
}

}  // namespace wsm::sim
