#pragma once

#include <array>

#include <wsm/event.h>

#include "base/transition.h"

namespace wsm {

/// Every move there is. CircuitBreaker asserts it.
inline constexpr std::array kCircuitTransitions = std::to_array<Transition<CircuitStatus>>({
    {CircuitStatus::kClosed, CircuitStatus::kOpen, "attempts failed, as many as the threshold"},
    {CircuitStatus::kOpen, CircuitStatus::kHalfOpen, "delay over: one attempt goes"},
    {CircuitStatus::kOpen, CircuitStatus::kClosed, "an attempt from before has opened"},
    {CircuitStatus::kHalfOpen, CircuitStatus::kOpen, "that attempt failed, or was given up"},
    {CircuitStatus::kHalfOpen, CircuitStatus::kClosed, "a connection is open"},
});

[[nodiscard]] constexpr bool is_legal(CircuitStatus from, CircuitStatus to) {
  return has_transition(kCircuitTransitions, from, to);
}

static_assert(!is_legal(CircuitStatus::kClosed, CircuitStatus::kHalfOpen));

}  // namespace wsm
