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
  kSaysNonsense,      ///< Sends what is no request.
  kForgetsMask,       ///< Sends a frame that is not masked.
  kMissesAlarms,      ///< Time-outs are not told any more.
  kOverlooksSilence,  ///< Has no time-outs for data.
  kMissesEvent,
  kHidesGap,          ///< Tells of no end of a gap.
  kHidesOpening,      ///< Tells of no beginning of a gap.
  kTellsOpeningLate,  ///< Tells of it when something else has happened.
  kMislabelsGap,      ///< Takes every gap for a stall, and stalls for something else.
  kMistakesRefusal,   ///< Takes a rejection for an acknowledgement.
  kMisreadsNumbers,   ///< Takes some messages for their predecessors.
  kTakesOverTooSoon,  ///< Replaces a connection when the request on the new one is written.
  kOverfillsShard,    ///< Takes the cap for larger than it is.
  kSendsTooFast,      ///< Takes the limit of frames for larger than it is.
  kSendsTooClose,
  kAsksForTooMuch,  ///< Takes subscriptions_per_message for larger than it is.
  kWritesTooMuch,   ///< Takes bytes_per_message for larger than it is.
  kConnectsTooFast,
  kConnectsTooOften,    ///< Takes max_connections for larger than it is.
  kSubscribesTooMuch,   ///< Takes max_subscriptions for larger than it is.
  kIgnoresCircuit,      ///< Dials on where nobody can connect.
  kProbesTooSoon,       ///< Tries again at once where nobody can connect.
  kHidesDrain,          ///< Tells of no drain notice.
  kGoesItsOwnWay,       ///< Does not go where a server has sent it.
  kStaysWhereSent,      ///< Goes there again and again.
  kMisreadsChain,       ///< Takes the messages before some for later ones.
  kForgetsToWithhold,   ///< Delivers what gap_recovery is to keep back.
  kKeepsBackForEver,    ///< Of some subscriptions delivers nothing any more.
  kOverlooksTextPongs,  ///< Expects other answers to its pings.
  kIgnoresAnswers,      ///< Does not do what on_error says.
  kStopsUnasked,        ///< Takes an answer of on_error for a stop.
  kEndsWithGhost,       ///< In the end the venue serves what nobody wants any more.
  kEndsInSilence,       ///< In the end gives nothing to the application any more.
  kForgetsItsSeed,      ///< Does something else each time.
};

inline constexpr Sabotage kSabotages[] = {
    Sabotage::kOverlooksMessage,  Sabotage::kSwallowsMessage,  Sabotage::kRepeatsMessage,
    Sabotage::kSwapsMessages,     Sabotage::kLosesSubscribe,   Sabotage::kLosesUnsubscribe,
    Sabotage::kRepeatsSubscribe,  Sabotage::kSaysNonsense,     Sabotage::kForgetsMask,
    Sabotage::kMissesAlarms,      Sabotage::kOverlooksSilence, Sabotage::kMissesEvent,
    Sabotage::kHidesGap,          Sabotage::kHidesOpening,     Sabotage::kTellsOpeningLate,
    Sabotage::kMislabelsGap,      Sabotage::kMistakesRefusal,  Sabotage::kMisreadsNumbers,
    Sabotage::kTakesOverTooSoon,  Sabotage::kOverfillsShard,   Sabotage::kSendsTooFast,
    Sabotage::kSendsTooClose,     Sabotage::kAsksForTooMuch,   Sabotage::kWritesTooMuch,
    Sabotage::kConnectsTooFast,   Sabotage::kConnectsTooOften, Sabotage::kSubscribesTooMuch,
    Sabotage::kIgnoresCircuit,    Sabotage::kProbesTooSoon,    Sabotage::kGoesItsOwnWay,
    Sabotage::kHidesDrain,        Sabotage::kStaysWhereSent,   Sabotage::kMisreadsChain,
    Sabotage::kForgetsToWithhold, Sabotage::kKeepsBackForEver, Sabotage::kOverlooksTextPongs,
    Sabotage::kIgnoresAnswers,    Sabotage::kStopsUnasked,     Sabotage::kEndsWithGhost,
    Sabotage::kEndsInSilence,     Sabotage::kForgetsItsSeed};

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
    case Sabotage::kSaysNonsense: return "says_nonsense";
    case Sabotage::kForgetsMask: return "forgets_mask";
    case Sabotage::kMissesAlarms: return "misses_alarms";
    case Sabotage::kOverlooksSilence: return "overlooks_silence";
    case Sabotage::kMissesEvent: return "misses_event";
    case Sabotage::kHidesGap: return "hides_gap";
    case Sabotage::kHidesOpening: return "hides_opening";
    case Sabotage::kTellsOpeningLate: return "tells_opening_late";
    case Sabotage::kMislabelsGap: return "mislabels_gap";
    case Sabotage::kMistakesRefusal: return "mistakes_refusal";
    case Sabotage::kMisreadsNumbers: return "misreads_numbers";
    case Sabotage::kTakesOverTooSoon: return "takes_over_too_soon";
    case Sabotage::kOverfillsShard: return "overfills_shard";
    case Sabotage::kSendsTooFast: return "sends_too_fast";
    case Sabotage::kSendsTooClose: return "sends_too_close";
    case Sabotage::kAsksForTooMuch: return "asks_for_too_much";
    case Sabotage::kWritesTooMuch: return "writes_too_much";
    case Sabotage::kConnectsTooFast: return "connects_too_fast";
    case Sabotage::kConnectsTooOften: return "connects_too_often";
    case Sabotage::kSubscribesTooMuch: return "subscribes_too_much";
    case Sabotage::kIgnoresCircuit: return "ignores_circuit";
    case Sabotage::kProbesTooSoon: return "probes_too_soon";
    case Sabotage::kHidesDrain: return "hides_drain";
    case Sabotage::kGoesItsOwnWay: return "goes_its_own_way";
    case Sabotage::kStaysWhereSent: return "stays_where_sent";
    case Sabotage::kMisreadsChain: return "misreads_chain";
    case Sabotage::kForgetsToWithhold: return "forgets_to_withhold";
    case Sabotage::kKeepsBackForEver: return "keeps_back_for_ever";
    case Sabotage::kOverlooksTextPongs: return "overlooks_text_pongs";
    case Sabotage::kIgnoresAnswers: return "ignores_answers";
    case Sabotage::kStopsUnasked: return "stops_unasked";
    case Sabotage::kEndsWithGhost: return "ends_with_ghost";
    case Sabotage::kEndsInSilence: return "ends_in_silence";
    case Sabotage::kForgetsItsSeed: return "forgets_its_seed";
  }
  return "unknown";
}

}  // namespace wsm::sim
