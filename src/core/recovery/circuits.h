#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <wsm/error.h>
#include <wsm/types.h>

#include "base/rng.h"
#include "base/time.h"
#include "core/outbox.h"
#include "core/recovery/circuit_breaker.h"

namespace wsm {

/// Whether an attempt that ended so says anything about the endpoint that was dialed: hooks that
/// fail, and ends that we have brought about, do not.
[[nodiscard]] bool counts_against_endpoint(DisconnectKind kind);

/// Which of several endpoints an attempt would rather have.
enum class EndpointPreference : std::uint8_t {
  kSafe,    ///< Any whose breaker is closed before one that is to be probed.
  kInTurn,  ///< The first that may be dialed, be it as the probe.
};

[[nodiscard]] constexpr std::string_view to_string(EndpointPreference preference) {
  switch (preference) {
    case EndpointPreference::kSafe: return "safe";
    case EndpointPreference::kInTurn: return "in turn";
  }
  return "unknown";
}

/// The circuit breakers of a process, one for each endpoint (host and port), and who waits there.
///
/// A shard asks before each attempt, with the endpoints that its handler has named last, for the
/// hooks have not been asked yet where to go this time. It goes when one of them may be dialed, and
/// waits at all of them otherwise. The hooks may then name others. So what a probe comes to counts
/// for the breaker that has let it go as well as for the endpoint that it dialed: one that connects
/// elsewhere shows that the application has moved, and all go after it. But who only prefers
/// another endpoint of the same list has given the probe up. A shard whose handler has named
/// nothing yet goes, unless every endpoint that is known is shut; then it waits at all of these. A
/// place that only a server has named does not count there: no handler leads to it.
///
/// Those who wait go in the order of their coming: the first as the probe, all of them as soon as
/// a connection is open.
///
/// Sans-IO; writes events and a counter to the Outbox. After handle_timeout() of the owner, ask
/// take_admitted() until it gives nothing. A next_deadline() in the past asks to be woken at once.
class Circuits {
 public:
  Circuits(const CircuitBreaker::Options& options, Rng& rng, Outbox& out)
      : options_(options), rng_(rng), out_(out) {}

  // Commands.
  /// Returns true when `shard` may go on to one of `endpoints`, perhaps as the probe; otherwise
  /// take_admitted() names it later. The best come first; none are known before the first attempt.
  [[nodiscard]] bool ask(ShardId shard, std::span<const std::string> endpoints,
                         EndpointPreference preference, TimePoint now);
  /// `shard` waits no more, and begins no attempt that it was let go for.
  void withdraw(ShardId shard, TimePoint now);
  /// Somebody knows better than to wait: who is first at each of `endpoints` may go.
  void hurry(std::span<const std::string> endpoints, TimePoint now);

  // Inputs, about attempts. Each ends with one of the three that follow the first.
  /// The handler has named `endpoints`, of which `shard` is going to dial `chosen`.
  void handle_chosen(ShardId shard, std::span<const std::string> endpoints, std::string_view chosen,
                     TimePoint now);
  void handle_opened(ShardId shard, std::string_view endpoint, TimePoint now);
  void handle_failed(ShardId shard, std::string_view endpoint, TimePoint now);
  /// The endpoint works, and has sent the shard elsewhere.
  void handle_answered(ShardId shard, std::string_view endpoint, TimePoint now);
  /// It is over, and says nothing about any endpoint.
  void handle_given_up(ShardId shard, TimePoint now);
  /// A connection to `endpoint` that was open is over.
  void handle_closed(std::string_view endpoint);

  // Outputs.
  [[nodiscard]] std::optional<ShardId> take_admitted(TimePoint now);
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;

  // Getters.
  [[nodiscard]] CircuitStatus status(std::string_view endpoint) const;
  /// Endpoints that `shard` must not dial now.
  [[nodiscard]] std::vector<std::string> shut_for(ShardId shard) const;
  /// Places in all queues: a shard has one at each of its endpoints.
  [[nodiscard]] std::size_t waiting() const { return waiting_; }
  /// Endpoints of which anything is known.
  [[nodiscard]] std::size_t size() const { return circuits_.size(); }

 private:
  struct Circuit {
    CircuitBreaker breaker;
    std::deque<ShardId> waiting = {};
    std::optional<ShardId> prober = {};  // While half-open.
    CircuitStatus told = CircuitStatus::kClosed;
    TimePoint used_at = {};
  };
  using Map = std::map<std::string, Circuit, std::less<>>;
  using Entry = Map::value_type;

  /// More endpoints than any feed has. A hook that names a new one each time must not cost memory
  /// without bound: the one that was used longest ago is forgotten.
  static constexpr std::size_t kEndpointsMax = 256;

  [[nodiscard]] Entry& use(std::string_view endpoint, TimePoint now);
  [[nodiscard]] Entry* find_shut(std::string_view endpoint);
  [[nodiscard]] std::vector<Entry*> gates_of(std::span<const std::string> endpoints);
  [[nodiscard]] Entry* find_probed_by(ShardId shard);
  void leave_queues(ShardId shard);
  void begin_probe(Entry& entry, ShardId shard, TimePoint now);
  void note_change(Entry& entry, TimePoint now);
  void forget_if_blank(std::string_view endpoint);
  void forget_oldest();

  const CircuitBreaker::Options options_;
  Rng& rng_;
  Outbox& out_;
  Map circuits_;
  std::vector<std::string> listed_;  // What a handler has named last.
  std::set<std::string> directed_;   // What only servers have named.
  std::size_t waiting_ = 0;          // In all of them.
};

}  // namespace wsm
