#include "unit/core/switchover/interleaving.h"

namespace wsm::test {

std::string_view to_string(Situation situation) {
  switch (situation) {
    case Situation::kIdle: return "idle";
    case Situation::kOpening: return "opening";
    case Situation::kSubscribing: return "subscribing";
    case Situation::kProving: return "proving";
    case Situation::kDraining: return "draining";
    case Situation::kFirstSlice: return "first_slice";
    case Situation::kSecondSlice: return "second_slice";
  }
  return "unknown";
}

std::string_view to_string(Step step) {
  switch (step) {
    case Step::kOlderFrame: return "older frame";
    case Step::kOlderOtherFrame: return "older other frame";
    case Step::kNewerFrame: return "newer frame";
    case Step::kNewerOtherFrame: return "newer other frame";
    case Step::kOlderAck: return "older ack";
    case Step::kNewerAck: return "newer ack";
    case Step::kOlderReject: return "older reject";
    case Step::kNewerReject: return "newer reject";
    case Step::kOlderClose: return "older close";
    case Step::kNewerClose: return "newer close";
    case Step::kOlderReset: return "older reset";
    case Step::kNewerReset: return "newer reset";
    case Step::kAnswer: return "answer";
    case Step::kSilence: return "silence";
    case Step::kStall: return "stall";
    case Step::kSubscribe: return "subscribe";
    case Step::kUnsubscribe: return "unsubscribe";
    case Step::kSwitch: return "switch";
    case Step::kStop: return "stop";
  }
  return "unknown";
}

std::string to_string(std::span<const Step> steps) {
  std::string text;
  for (const Step step : steps) text += (text.empty() ? "" : ", ") + std::string{to_string(step)};
  return text.empty() ? "nothing" : text;
}

}  // namespace wsm::test
