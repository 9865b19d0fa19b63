#include "core/recovery/circuit_breaker.h"

#include <algorithm>

#include "base/assert.h"
#include "core/recovery/backoff.h"

namespace wsm {

void CircuitBreaker::begin_probe(TimePoint now) {
  WSM_ASSERT(may_probe(now));
  enter(CircuitStatus::kHalfOpen);
}

void CircuitBreaker::hurry(TimePoint now) { probe_at_ = std::min(probe_at_, now); }

void CircuitBreaker::handle_failed(TimePoint now) {
  if (!is_closed() || has_connection()) return;
  if (++failures_ >= options_.threshold) open(now);
}

void CircuitBreaker::handle_opened() {
  ++open_connections_;
  close();
}

void CircuitBreaker::handle_closed() {
  WSM_ASSERT(has_connection());
  --open_connections_;
}

void CircuitBreaker::handle_probe_failed(TimePoint now) { open(now); }

void CircuitBreaker::handle_probe_given_up(TimePoint now) {
  enter(CircuitStatus::kOpen);
  probe_at_ = now;
}

void CircuitBreaker::handle_probe_elsewhere() { close(); }

std::optional<TimePoint> CircuitBreaker::probe_at() const {
  if (status_ != CircuitStatus::kOpen) return std::nullopt;
  return probe_at_;
}

void CircuitBreaker::enter(CircuitStatus status) {
  WSM_ASSERT(is_legal(status_, status));
  status_ = status;
}

void CircuitBreaker::open(TimePoint now) {
  enter(CircuitStatus::kOpen);
  probe_at_ = now + uniform_delay(options_.delay_max / 2, options_.delay_max, rng_);
}

void CircuitBreaker::close() {
  failures_ = 0;
  if (!is_closed()) enter(CircuitStatus::kClosed);
}

}  // namespace wsm
