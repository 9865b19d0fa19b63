#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include <wsm/config.h>

#include "core/supervisor/supervisor.h"
#include "sim/observer.h"
#include "sim/verdict.h"

namespace wsm::sim {

/// While nobody can connect to an endpoint, one attempt to it is under way at a time, and not too
/// soon after the last. Counts for itself what attempts have come to.
class CircuitOracle final : public Observer {
 public:
  explicit CircuitOracle(Verdict& verdict) : verdict_(verdict) {}

  /// What must hold from now on.
  void set_rules(const ConnectionOptions& connection, const BackoffOptions& backoff);

  void handle_reconnect(ShardId shard) override;
  void handle_dial(ConnectionId id, SourceIndex source, const Url& url) override;
  void handle_event(const EventKind& event) override;

  void check(const Supervisor& core);

  [[nodiscard]] std::uint64_t trips() const { return trips_; }

 private:
  struct Attempt {
    TimePoint begun;
    std::uint64_t order = 0;  // Which one it is, of all.
    std::optional<std::string> endpoint = {};
  };
  struct Endpoint {
    std::set<ConnectionId> open = {};
    std::set<ConnectionId> probes = {};  // Begun since it tripped, dialed, and not over.
    std::uint32_t failures = 0;
    bool has_tripped = false;
    std::uint64_t tripped_after = 0;  // That attempt was the last that had begun.
    TimePoint not_before{};
  };

  void note_opened(ConnectionId id);
  void note_ended(ConnectionId id, const event::Disconnected& ended);
  void note_failed(Endpoint& endpoint, ConnectionId id, DisconnectKind kind);

  Verdict& verdict_;
  std::uint32_t threshold_ = ConnectionOptions{}.circuit_breaker_threshold;
  Duration delay_min_{};
  std::map<ConnectionId, Attempt> attempts_;  // And connections, until they are over.
  std::map<std::string, Endpoint> endpoints_;
  std::uint64_t begun_ = 0;
  std::uint64_t trips_ = 0;
};

}  // namespace wsm::sim
