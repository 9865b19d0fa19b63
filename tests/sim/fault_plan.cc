#include "sim/fault_plan.h"

#include <algorithm>

namespace wsm::sim {

std::string_view to_string(Fault fault) {
  switch (fault) {
    case Fault::kReset: return "reset";
    case Fault::kFinish: return "finish";
    case Fault::kClose: return "close";
    case Fault::kHalfOpen: return "half-open";
    case Fault::kDeafVenue: return "deaf venue";
    case Fault::kDumbVenue: return "dumb venue";
    case Fault::kPingBurst: return "ping burst";
    case Fault::kMuteConnection: return "mute connection";
    case Fault::kMuteTopic: return "mute topic";
    case Fault::kSkippedMessage: return "skipped message";
    case Fault::kDrainNotice: return "drain notice";
    case Fault::kIgnoredPings: return "ignored pings";
    case Fault::kGarbage: return "garbage";
    case Fault::kRestart: return "restart";
    case Fault::kOutage: return "outage";
    case Fault::kDeadEndpoint: return "dead endpoint";
    case Fault::kRefusal: return "refusal";
    case Fault::kAcceptAndClose: return "accept and close";
    case Fault::kSilentOffice: return "silent office";
    case Fault::kRejections: return "rejections";
    case Fault::kIgnoredRequests: return "ignored requests";
    case Fault::kStrictVenue: return "strict venue";
    case Fault::kSlowHandler: return "slow handler";
    case Fault::kFreeze: return "freeze";
    case Fault::kSleep: return "sleep";
    case Fault::kThrowingHooks: return "throwing hooks";
    case Fault::kHangingHooks: return "hanging hooks";
    case Fault::kBadNetwork: return "bad network";
    case Fault::kSubscribe: return "subscribe";
    case Fault::kUnsubscribe: return "unsubscribe";
    case Fault::kSwitchover: return "switchover";
    case Fault::kMove: return "move";
    case Fault::kReconnect: return "reconnect";
    case Fault::kDeadSource: return "dead source";
    case Fault::kDeadProxy: return "dead proxy";
    case Fault::kNewNumbers: return "new numbers";
    case Fault::kSaysStop: return "says stop";
    case Fault::kCount: break;
  }
  return "unknown";
}

namespace {

Duration draw_interval(Dice& dice) {
  if (dice.once_in(2)) return {};
  return dice.between(std::chrono::seconds{20}, std::chrono::minutes{30});
}

}  // namespace

FaultPlan FaultPlan::draw(Dice& dice) {
  FaultPlan plan;
  for (std::size_t fault = 0; fault < static_cast<std::size_t>(Fault::kDeadSource); ++fault) {
    plan.mean_interval[fault] = draw_interval(dice);
  }
  // So long that otherwise nothing else would happen.
  plan.mean_interval[static_cast<std::size_t>(Fault::kSleep)] *= 10;
  return plan;
}

void FaultPlan::draw_late(Fault fault, Dice dice) {
  Duration& interval = mean_interval[static_cast<std::size_t>(fault)];
  interval = draw_interval(dice);
  // Of beginnings with a few numbers each, that are read at once, nobody could tell what is whose.
  const bool is_too_often = fault == Fault::kNewNumbers && interval > Duration::zero();
  if (is_too_often) interval = std::max(interval, Duration{std::chrono::minutes{10}});
}

}  // namespace wsm::sim
