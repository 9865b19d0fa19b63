#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/transition.h"

namespace wsm {

/// What a connection is.
enum class ConnectionStatus : std::uint8_t {
  kPreparing,  ///< The handler is asked where to connect, and with which headers.
  kDialing,    ///< Name look-up, TCP, TLS.
  kUpgrading,  ///< The request has been sent; the response has not all arrived.
  kGreeting,   ///< A WebSocket; the handler is asked what to send first.
  kOpen,
  kClosing,  ///< A close frame has been sent or received; what still arrives is delivered.
  kClosed,
};

[[nodiscard]] constexpr std::string_view to_string(ConnectionStatus status) {
  switch (status) {
    case ConnectionStatus::kPreparing: return "preparing";
    case ConnectionStatus::kDialing: return "dialing";
    case ConnectionStatus::kUpgrading: return "upgrading";
    case ConnectionStatus::kGreeting: return "greeting";
    case ConnectionStatus::kOpen: return "open";
    case ConnectionStatus::kClosing: return "closing";
    case ConnectionStatus::kClosed: return "closed";
  }
  return "unknown";
}

/// Every move there is. enter() asserts it.
inline constexpr std::array kConnectionTransitions = std::to_array<Transition<ConnectionStatus>>({
    {ConnectionStatus::kPreparing, ConnectionStatus::kDialing, "URL and headers known"},
    {ConnectionStatus::kPreparing, ConnectionStatus::kClosed, "hook failed, timed out, given up"},
    {ConnectionStatus::kDialing, ConnectionStatus::kUpgrading, "transport connected"},
    {ConnectionStatus::kDialing, ConnectionStatus::kClosed, "dial failed, timed out, given up"},
    {ConnectionStatus::kUpgrading, ConnectionStatus::kGreeting, "response accepted"},
    {ConnectionStatus::kUpgrading, ConnectionStatus::kClosed, "refused, lost, timed out, given up"},
    {ConnectionStatus::kGreeting, ConnectionStatus::kOpen, "first messages known"},
    {ConnectionStatus::kGreeting, ConnectionStatus::kClosing, "close frame sent or received"},
    {ConnectionStatus::kGreeting, ConnectionStatus::kClosed, "transport lost"},
    {ConnectionStatus::kOpen, ConnectionStatus::kClosing, "close frame sent or received"},
    {ConnectionStatus::kOpen, ConnectionStatus::kClosed, "transport lost, pings unanswered"},
    {ConnectionStatus::kClosing, ConnectionStatus::kClosed, "transport ended, or too late"},
});

[[nodiscard]] constexpr bool is_legal(ConnectionStatus from, ConnectionStatus to) {
  return has_transition(kConnectionTransitions, from, to);
}

static_assert(!is_legal(ConnectionStatus::kClosed, ConnectionStatus::kPreparing));
static_assert(!is_legal(ConnectionStatus::kClosing, ConnectionStatus::kOpen));

}  // namespace wsm
