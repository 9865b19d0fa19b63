#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include <wsm/types.h>

#include "sim/dice.h"

namespace wsm::sim {

/// What can go wrong, or what the application can do at a bad time.
enum class Fault : std::uint8_t {
  kReset,            ///< A connection is cut: both ends are told.
  kFinish,           ///< The venue ends TCP without a closing handshake.
  kClose,            ///< The venue closes, with one of many codes.
  kHalfOpen,         ///< Nothing arrives any more at either end, and nobody is told.
  kDeafVenue,        ///< Half-open in one direction: what the client sends does not arrive.
  kDumbVenue,        ///< Half-open in the other direction.
  kPingBurst,        ///< Fifty pings of the venue at once.
  kMuteConnection,   ///< No data on a connection; pings are answered.
  kMuteTopic,        ///< No data of one subscription on a connection that has data of others.
  kSkippedMessage,   ///< The next message of a subscription is left out on a connection.
  kDrainNotice,      ///< The venue says that it is going to close, and does so after 30 s.
  kIgnoredPings,     ///< Data goes on, pings stay unanswered.
  kGarbage,          ///< Bytes that are no frame.
  kRestart,          ///< All connections are cut, and dials refused for a while.
  kOutage,           ///< Dials are not answered for a while.
  kDeadEndpoint,     ///< Dials of one of several names of the venue fail for a while.
  kRefusal,          ///< Upgrades are refused for a while, perhaps with Retry-After.
  kAcceptAndClose,   ///< Upgrades are accepted and closed at once for a while.
  kSilentOffice,     ///< Requests are not acknowledged for a while.
  kRejections,       ///< Subscriptions are refused for a while.
  kIgnoredRequests,  ///< Subscriptions are granted for a while, and never served.
  kStrictVenue,      ///< The venue allows less than it says, for a while: it closes and refuses.
  kSlowHandler,      ///< The handler is behind for a while; nothing is read.
  kFreeze,           ///< The process stands still for a while.
  kSleep,            ///< So does the machine, for a quarter of an hour at most: time leaps.
  kThrowingHooks,    ///< Hooks throw now and then, for a while.
  kHangingHooks,     ///< Hooks do not answer now and then, for a while.
  kBadNetwork,       ///< Latency and jitter grow for a while, and little goes through.
  kSubscribe,
  kUnsubscribe,
  kSwitchover,
  kMove,  ///< Of one subscription to another shard.
  kReconnect,
  kDeadSource,  ///< Nothing can be dialed from one of the client's addresses for a while.
  kDeadProxy,   ///< One of its proxies opens no way for a while.
  kNewNumbers,  ///< The venue begins to number the messages of a subscription anew.
  kSaysStop,    ///< on_error says stop now and then, for a while.
  kCount,
};

inline constexpr std::size_t kFaultCount = static_cast<std::size_t>(Fault::kCount);

[[nodiscard]] std::string_view to_string(Fault fault);

/// How often each fault comes; drawn for a seed. Many are off in any one world, so that those that
/// are on meet each other in ever new company.
struct FaultPlan {
  std::array<Duration, kFaultCount> mean_interval{};  ///< Zero: off.

  /// A fault that was thought of later, so that the others stay what they are in each world.
  void draw_late(Fault fault, Dice dice);
  void turn_off(Fault fault) { mean_interval[static_cast<std::size_t>(fault)] = {}; }
  [[nodiscard]] Duration interval(Fault fault) const {
    return mean_interval[static_cast<std::size_t>(fault)];
  }
  [[nodiscard]] static FaultPlan draw(Dice& dice);
};

}  // namespace wsm::sim
