#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/rng.h"
#include "base/time.h"
#include "core/recovery/circuit_status.h"

namespace wsm {

/// Keeps shards from dialing an endpoint that nobody can connect to: one of them finds out for all.
///
/// Attempts that fail in a row, with no connection to the endpoint open, open the breaker: one
/// shard with bad luck beside others that are connected says nothing of the endpoint. While it is
/// open nobody dials. After a delay one attempt, the probe, goes; the breaker is half-open as long
/// as it takes. A connection that opens, whoever's, closes the breaker.
///
/// What this does not do: know who waits, or who the probe is. That is Circuits'.
class CircuitBreaker {
 public:
  struct Options {
    std::uint32_t threshold = 5;
    /// The longest that an open breaker waits before a probe; each time is drawn from its upper
    /// half, so that several processes do not probe together.
    Duration delay_max = std::chrono::seconds{30};
  };

  CircuitBreaker(const Options& options, Rng& rng) : options_(options), rng_(rng) {}

  // Commands.
  void begin_probe(TimePoint now);
  /// The next probe need not wait any more.
  void hurry(TimePoint now);

  // Inputs. What a probe has come to is told by its own.
  void handle_failed(TimePoint now);
  void handle_opened();
  /// The endpoint has answered, though not with a connection: it sends us elsewhere.
  void handle_answered() { close(); }
  /// A connection that was open is over.
  void handle_closed();
  void handle_probe_failed(TimePoint now);
  /// It ended without having shown anything of the endpoint: the next one may go at once.
  void handle_probe_given_up(TimePoint now);
  /// It has connected, though to another endpoint: the application has gone elsewhere.
  void handle_probe_elsewhere();

  // Getters.
  [[nodiscard]] CircuitStatus status() const { return status_; }
  [[nodiscard]] bool is_closed() const { return status_ == CircuitStatus::kClosed; }
  [[nodiscard]] bool may_probe(TimePoint now) const {
    return status_ == CircuitStatus::kOpen && now >= probe_at_;
  }
  /// While it is open.
  [[nodiscard]] std::optional<TimePoint> probe_at() const;
  [[nodiscard]] bool has_connection() const { return open_connections_ > 0; }
  /// Nothing is known that would be missed.
  [[nodiscard]] bool is_blank() const { return is_closed() && failures_ == 0 && !has_connection(); }

 private:
  void enter(CircuitStatus status);
  void open(TimePoint now);
  void close();

  const Options options_;
  Rng& rng_;
  CircuitStatus status_ = CircuitStatus::kClosed;
  std::uint32_t failures_ = 0;  // In a row; not counted while a connection is open.
  std::size_t open_connections_ = 0;
  TimePoint probe_at_;  // Of kOpen.
};

}  // namespace wsm
