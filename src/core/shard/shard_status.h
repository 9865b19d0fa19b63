#pragma once

#include <array>

#include <wsm/metrics.h>

#include "base/transition.h"

namespace wsm {

/// Every move there is. enter() asserts it.
inline constexpr std::array kShardTransitions = std::to_array<Transition<ShardStatus>>({
    {ShardStatus::kIdle, ShardStatus::kConnecting, "opened"},
    {ShardStatus::kIdle, ShardStatus::kClosed, "closed before it was opened"},
    {ShardStatus::kConnecting, ShardStatus::kLive, "connection open"},
    {ShardStatus::kConnecting, ShardStatus::kConnecting, "redirected"},
    {ShardStatus::kConnecting, ShardStatus::kBackingOff, "attempt failed"},
    {ShardStatus::kConnecting, ShardStatus::kSuspended, "failed too often"},
    {ShardStatus::kConnecting, ShardStatus::kClosing, "closed"},
    {ShardStatus::kLive, ShardStatus::kConnecting, "replaced with a gap"},
    {ShardStatus::kLive, ShardStatus::kBackingOff, "connection lost"},
    {ShardStatus::kLive, ShardStatus::kSuspended, "lost too often"},
    {ShardStatus::kLive, ShardStatus::kClosing, "closed"},
    {ShardStatus::kBackingOff, ShardStatus::kConnecting, "delay over, or asked to reconnect"},
    {ShardStatus::kBackingOff, ShardStatus::kSuspended, "told to stop"},
    {ShardStatus::kBackingOff, ShardStatus::kClosing, "closed"},
    {ShardStatus::kSuspended, ShardStatus::kConnecting, "probed, or asked to reconnect"},
    {ShardStatus::kSuspended, ShardStatus::kClosing, "closed"},
    {ShardStatus::kClosing, ShardStatus::kClosed, "last connection over"},
});

[[nodiscard]] constexpr bool is_legal(ShardStatus from, ShardStatus to) {
  return has_transition(kShardTransitions, from, to);
}

static_assert(!is_legal(ShardStatus::kClosing, ShardStatus::kConnecting));
static_assert(!is_legal(ShardStatus::kIdle, ShardStatus::kLive));

}  // namespace wsm
