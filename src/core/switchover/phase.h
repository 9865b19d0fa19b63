#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/transition.h"

namespace wsm {

/// How far the replacement of a shard's connection has come.
enum class SwitchoverPhase : std::uint8_t {
  kIdle,         ///< One connection serves the shard.
  kOpening,      ///< The standby is being opened; the active connection serves everything.
  kSubscribing,  ///< The standby is open and is told what to subscribe to.
  kProving,      ///< All of it, or a slice, has been requested on the standby; not proven yet.
};

[[nodiscard]] constexpr std::string_view to_string(SwitchoverPhase phase) {
  switch (phase) {
    case SwitchoverPhase::kIdle: return "idle";
    case SwitchoverPhase::kOpening: return "opening";
    case SwitchoverPhase::kSubscribing: return "subscribing";
    case SwitchoverPhase::kProving: return "proving";
  }
  return "unknown";
}

/// Every move there is. The drain of the old connection is not a phase: the shard is whole again
/// when the standby has been promoted, and can switch once more while the old one still closes.
inline constexpr std::array kSwitchoverTransitions = std::to_array<Transition<SwitchoverPhase>>({
    {SwitchoverPhase::kIdle, SwitchoverPhase::kOpening, "replacement begins"},
    {SwitchoverPhase::kOpening, SwitchoverPhase::kSubscribing, "standby open"},
    {SwitchoverPhase::kOpening, SwitchoverPhase::kIdle, "standby failed, active lost, given up"},
    {SwitchoverPhase::kSubscribing, SwitchoverPhase::kProving, "everything or a slice requested"},
    {SwitchoverPhase::kSubscribing, SwitchoverPhase::kIdle,
     "standby failed, active lost, given up"},
    {SwitchoverPhase::kProving, SwitchoverPhase::kSubscribing, "slice handed over"},
    {SwitchoverPhase::kProving, SwitchoverPhase::kIdle, "proven, too late, either side lost"},
});

[[nodiscard]] constexpr bool is_legal(SwitchoverPhase from, SwitchoverPhase to) {
  return has_transition(kSwitchoverTransitions, from, to);
}

static_assert(!is_legal(SwitchoverPhase::kIdle, SwitchoverPhase::kProving));

}  // namespace wsm
