#pragma once

#include <cstdint>
#include <string_view>

namespace wsm::sim {

/// A fault of ours instead of the world's, to show that the oracles see it: a run with any of these
/// must fail. Once in a while the client, which stands for all of our code, does something wrong.
enum class Sabotage : std::uint8_t {
  kNone,
  kOverlooksMessage,  ///< Reads it off the connection, and away.
  kSwallowsMessage,   ///< Does not give it to the application.
  kRepeatsMessage,
  kSwapsMessages,
  kLosesSubscribe,  ///< Says that a request was sent which was not.
  kLosesUnsubscribe,
  kRepeatsSubscribe,
  kMissesAlarms,  ///< Time-outs are not told any more.
  kMissesEvent,
  kHidesGap,         ///< Tells of no gap.
  kMistakesRefusal,  ///< Takes a rejection for an acknowledgement.
  kMisreadsNumbers,  ///< Takes some messages for their predecessors.
  kOverfillsShard,   ///< Takes the cap for larger than it is.
  kSendsTooFast,     ///< Takes the limit of frames for larger than it is.
  kConnectsTooFast,
  kConnectsTooOften,   ///< Takes max_connections for larger than it is.
  kSubscribesTooMuch,  ///< Takes max_subscriptions for larger than it is.
  kIgnoresCircuit,     ///< Dials on where nobody can connect.
  kForgetsItsSeed,     ///< Does something else each time.
};

inline constexpr Sabotage kSabotages[] = {
    Sabotage::kOverlooksMessage, Sabotage::kSwallowsMessage,   Sabotage::kRepeatsMessage,
    Sabotage::kSwapsMessages,    Sabotage::kLosesSubscribe,    Sabotage::kLosesUnsubscribe,
    Sabotage::kRepeatsSubscribe, Sabotage::kMissesAlarms,      Sabotage::kMissesEvent,
    Sabotage::kHidesGap,         Sabotage::kMistakesRefusal,   Sabotage::kMisreadsNumbers,
    Sabotage::kOverfillsShard,   Sabotage::kSendsTooFast,      Sabotage::kConnectsTooFast,
    Sabotage::kConnectsTooOften, Sabotage::kSubscribesTooMuch, Sabotage::kIgnoresCircuit,
    Sabotage::kForgetsItsSeed};

[[nodiscard]] constexpr std::string_view to_string(Sabotage sabotage) {
  switch (sabotage) {
    case Sabotage::kNone: return "none";
    case Sabotage::kOverlooksMessage: return "overlooks_message";
    case Sabotage::kSwallowsMessage: return "swallows_message";
    case Sabotage::kRepeatsMessage: return "repeats_message";
    case Sabotage::kSwapsMessages: return "swaps_messages";
    case Sabotage::kLosesSubscribe: return "loses_subscribe";
    case Sabotage::kLosesUnsubscribe: return "loses_unsubscribe";
    case Sabotage::kRepeatsSubscribe: return "repeats_subscribe";
    case Sabotage::kMissesAlarms: return "misses_alarms";
    case Sabotage::kMissesEvent: return "misses_event";
    case Sabotage::kHidesGap: return "hides_gap";
    case Sabotage::kMistakesRefusal: return "mistakes_refusal";
    case Sabotage::kMisreadsNumbers: return "misreads_numbers";
    case Sabotage::kOverfillsShard: return "overfills_shard";
    case Sabotage::kSendsTooFast: return "sends_too_fast";
    case Sabotage::kConnectsTooFast: return "connects_too_fast";
    case Sabotage::kConnectsTooOften: return "connects_too_often";
    case Sabotage::kSubscribesTooMuch: return "subscribes_too_much";
    case Sabotage::kIgnoresCircuit: return "ignores_circuit";
    case Sabotage::kForgetsItsSeed: return "forgets_its_seed";
  }
  return "unknown";
}

}  // namespace wsm::sim
