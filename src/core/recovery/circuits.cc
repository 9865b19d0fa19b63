#include "core/recovery/circuits.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "base/deadline_table.h"

namespace wsm {

bool counts_against_endpoint(DisconnectKind kind) {
  switch (kind) {
    case DisconnectKind::kHookFailed:
    case DisconnectKind::kInvalidUrl:
    case DisconnectKind::kSourceFailed:
    case DisconnectKind::kProxyFailed:
    case DisconnectKind::kReplaced:
    case DisconnectKind::kRequested:
    case DisconnectKind::kStopped: return false;
    case DisconnectKind::kResolveFailed:
    case DisconnectKind::kConnectFailed:
    case DisconnectKind::kTlsFailed:
    case DisconnectKind::kUpgradeRefused:
    case DisconnectKind::kConnectTimeout:
    case DisconnectKind::kConnectionLost:
    case DisconnectKind::kClosedByServer:
    case DisconnectKind::kProtocolError:
    case DisconnectKind::kPongTimeout:
    case DisconnectKind::kDataTimeout: return true;
  }
  return true;
}

bool Circuits::ask(ShardId shard, std::span<const std::string> endpoints,
                   EndpointPreference preference, TimePoint now) {
  const std::vector<Entry*> gates = gates_of(endpoints);
  const auto may_probe = [&](const Entry* gate) {
    return gate->second.waiting.empty() && gate->second.breaker.may_probe(now);
  };
  const auto free = std::ranges::find(gates, nullptr);
  const bool is_free = free != gates.end();
  if (gates.empty() || (is_free && preference == EndpointPreference::kSafe)) return true;
  if (std::ranges::find(gates, find_probed_by(shard)) < free) return true;
  if (const auto due = std::find_if(gates.begin(), free, may_probe); due != free) {
    handle_given_up(shard, now);  // A probe of another place, further behind.
    begin_probe(**due, shard, now);
    return true;
  }
  if (is_free) return true;
  for (Entry* gate : gates) gate->second.waiting.push_back(shard);
  waiting_ += gates.size();
  return false;
}

void Circuits::withdraw(ShardId shard, TimePoint now) {
  leave_queues(shard);
  handle_given_up(shard, now);
}

void Circuits::hurry(std::span<const std::string> endpoints, TimePoint now) {
  for (Entry* gate : gates_of(endpoints)) {
    if (gate) gate->second.breaker.hurry(now);
  }
}

void Circuits::handle_chosen(ShardId shard, std::span<const std::string> endpoints,
                             std::string_view chosen, TimePoint now) {
  listed_.assign(endpoints.begin(), endpoints.end());
  for (const std::string& endpoint : listed_) directed_.erase(endpoint);
  const bool is_directed = !listed_.empty() && std::ranges::find(listed_, chosen) == listed_.end();
  if (is_directed && directed_.size() < kEndpointsMax) directed_.emplace(chosen);
  const Entry* probed = find_probed_by(shard);
  if (!probed || probed->first == chosen) return;
  if (std::ranges::find(endpoints, probed->first) != endpoints.end()) handle_given_up(shard, now);
}

void Circuits::handle_opened(ShardId shard, std::string_view endpoint, TimePoint now) {
  Entry& dialed = use(endpoint, now);
  dialed.second.breaker.handle_opened();
  note_change(dialed, now);
  Entry* probed = find_probed_by(shard);
  if (!probed) return;
  probed->second.breaker.handle_probe_elsewhere();
  note_change(*probed, now);
}

void Circuits::handle_failed(ShardId shard, std::string_view endpoint, TimePoint now) {
  Entry& dialed = use(endpoint, now);
  if (Entry* probed = find_probed_by(shard)) {
    probed->second.breaker.handle_probe_failed(now);
    note_change(*probed, now);
    if (probed == &dialed) return;
  }
  dialed.second.breaker.handle_failed(now);
  note_change(dialed, now);
}

void Circuits::handle_answered(ShardId shard, std::string_view endpoint, TimePoint now) {
  Entry& dialed = use(endpoint, now);
  dialed.second.breaker.handle_answered();
  note_change(dialed, now);
  handle_given_up(shard, now);  // A probe of another place.
  forget_if_blank(endpoint);
}

void Circuits::handle_given_up(ShardId shard, TimePoint now) {
  Entry* probed = find_probed_by(shard);
  if (!probed) return;
  probed->second.breaker.handle_probe_given_up(now);
  note_change(*probed, now);
}

void Circuits::handle_closed(std::string_view endpoint) {
  const auto entry = circuits_.find(endpoint);
  WSM_ASSERT(entry != circuits_.end());
  entry->second.breaker.handle_closed();
  forget_if_blank(endpoint);
}

std::optional<ShardId> Circuits::take_admitted(TimePoint now) {
  if (waiting_ == 0) return std::nullopt;
  for (Entry& entry : circuits_) {
    Circuit& circuit = entry.second;
    const bool may_go = circuit.breaker.is_closed() || circuit.breaker.may_probe(now);
    if (circuit.waiting.empty() || !may_go) continue;
    const ShardId shard = circuit.waiting.front();
    leave_queues(shard);
    if (!circuit.breaker.is_closed()) begin_probe(entry, shard, now);
    forget_if_blank(std::string{entry.first});
    return shard;
  }
  return std::nullopt;
}

std::optional<TimePoint> Circuits::next_deadline() const {
  constexpr TimePoint kAtOnce{};
  if (waiting_ == 0) return std::nullopt;
  std::optional<TimePoint> next;
  for (const auto& [endpoint, circuit] : circuits_) {
    if (circuit.waiting.empty()) continue;
    if (circuit.breaker.is_closed()) return kAtOnce;
    next = earliest(next, circuit.breaker.probe_at());
  }
  return next;
}

CircuitStatus Circuits::status(std::string_view endpoint) const {
  const auto entry = circuits_.find(endpoint);
  return entry == circuits_.end() ? CircuitStatus::kClosed : entry->second.breaker.status();
}

std::vector<std::string> Circuits::shut_for(ShardId shard) const {
  std::vector<std::string> endpoints;
  for (const auto& [endpoint, circuit] : circuits_) {
    if (!circuit.breaker.is_closed() && circuit.prober != shard) endpoints.push_back(endpoint);
  }
  return endpoints;
}

Circuits::Entry& Circuits::use(std::string_view endpoint, TimePoint now) {
  auto entry = circuits_.find(endpoint);
  if (entry == circuits_.end()) {
    if (circuits_.size() >= kEndpointsMax) forget_oldest();
    entry = circuits_.emplace(endpoint, Circuit{.breaker = {options_, rng_}}).first;
  }
  entry->second.used_at = now;
  return *entry;
}

Circuits::Entry* Circuits::find_shut(std::string_view endpoint) {
  const auto entry = circuits_.find(endpoint);
  const bool is_shut = entry != circuits_.end() && !entry->second.breaker.is_closed();
  return is_shut ? &*entry : nullptr;
}

/// Where one may have to wait who wants to go to any of `endpoints`, each once; a null for those
/// that nothing is against. Of endpoints that are not known yet: everywhere, or nowhere.
std::vector<Circuits::Entry*> Circuits::gates_of(std::span<const std::string> endpoints) {
  std::vector<Entry*> gates;
  const auto add = [&](Entry* gate) {
    if (std::ranges::find(gates, gate) == gates.end()) gates.push_back(gate);
  };
  for (const std::string& endpoint : endpoints) add(find_shut(endpoint));
  if (!endpoints.empty()) return gates;
  for (const std::string& endpoint : listed_) add(find_shut(endpoint));
  for (Entry& entry : circuits_) {
    if (!directed_.contains(entry.first)) add(find_shut(entry.first));
  }
  const bool is_free = std::ranges::find(gates, nullptr) != gates.end();
  return is_free ? std::vector<Entry*>{} : gates;
}

Circuits::Entry* Circuits::find_probed_by(ShardId shard) {
  const auto entry =
      std::ranges::find_if(circuits_, [&](const Entry& it) { return it.second.prober == shard; });
  return entry == circuits_.end() ? nullptr : &*entry;
}

void Circuits::leave_queues(ShardId shard) {
  for (auto& [endpoint, circuit] : circuits_) waiting_ -= std::erase(circuit.waiting, shard);
}

void Circuits::begin_probe(Entry& entry, ShardId shard, TimePoint now) {
  entry.second.breaker.begin_probe(now);
  entry.second.prober = shard;
  note_change(entry, now);
}

/// Tells what has become of a breaker. A probe that fails opens it again, which is no trip.
void Circuits::note_change(Entry& entry, TimePoint now) {
  Circuit& circuit = entry.second;
  const CircuitStatus status = circuit.breaker.status();
  const CircuitStatus before = std::exchange(circuit.told, status);
  if (status == before) return;
  if (status != CircuitStatus::kHalfOpen) circuit.prober.reset();
  if (before == CircuitStatus::kClosed) ++out_.counters.circuit_breaker_trips;
  const Duration probe_in = circuit.breaker.probe_at().value_or(now) - now;
  out_.events.emplace_back(event::CircuitBreakerChanged{entry.first, status, probe_in});
}

void Circuits::forget_if_blank(std::string_view endpoint) {
  const auto entry = circuits_.find(endpoint);
  if (entry->second.waiting.empty() && entry->second.breaker.is_blank()) circuits_.erase(entry);
}

/// Of those that nobody waits at, probes or is connected to.
void Circuits::forget_oldest() {
  auto oldest = circuits_.end();
  for (auto entry = circuits_.begin(); entry != circuits_.end(); ++entry) {
    const Circuit& circuit = entry->second;
    if (!circuit.waiting.empty() || circuit.prober || circuit.breaker.has_connection()) continue;
    const bool is_older = oldest == circuits_.end() || circuit.used_at < oldest->second.used_at;
    if (is_older) oldest = entry;
  }
  if (oldest == circuits_.end()) return;
  if (oldest->second.told != CircuitStatus::kClosed) {
    out_.events.emplace_back(
        event::CircuitBreakerChanged{oldest->first, CircuitStatus::kClosed, {}});
  }
  circuits_.erase(oldest);
}

}  // namespace wsm
