// What the client gives to others: the application, whoever listens, the network. That is where it
// does wrong, if it is to.

#include <random>
#include <utility>

#include "sim/client.h"

namespace wsm::sim {

void Client::set_sabotage(Sabotage sabotage) {
  sabotage_ = sabotage;
  if (sabotage == Sabotage::kTakesOverTooSoon) core_.weaken(Handover::kWritten);
  if (sabotage != Sabotage::kForgetsItsSeed) return;
  std::random_device device;
  rng_ = SeededRng{device()};
}

namespace {

GapCause mislabel(GapCause cause) {
  return cause == GapCause::kStall ? GapCause::kReconnect : GapCause::kStall;
}

}  // namespace

void Client::tell(EventKind event) {
  if (commits(Sabotage::kMissesEvent)) return;
  if (std::holds_alternative<event::DrainNoticed>(event) && commits(Sabotage::kHidesDrain)) return;
  if (auto* opened = std::get_if<event::GapOpened>(&event)) {
    if (commits(Sabotage::kHidesOpening)) return;
    if (commits(Sabotage::kMislabelsGap, 1)) opened->cause = mislabel(opened->cause);
    if (commits(Sabotage::kTellsOpeningLate)) {
      return world_.after(std::chrono::milliseconds{1},
                          [this, late = *opened] { observer_.handle_event(late); });
    }
  } else if (auto* closed = std::get_if<event::GapClosed>(&event)) {
    if (commits(Sabotage::kHidesGap)) return;
    if (commits(Sabotage::kMislabelsGap, 1)) closed->cause = mislabel(closed->cause);
  }
  if (const auto* suspended = std::get_if<event::ShardSuspended>(&event)) {
    if (!suspended->is_probed) stopped_.insert(suspended->shard);
  } else if (const auto* begun = std::get_if<event::Connecting>(&event)) {
    stopped_.erase(begun->shard);
  }
  observer_.handle_event(event);
}

void Client::answer_about_error(ConnectionId id) {
  constexpr ErrorAnswer kAnswers[] = {ErrorAnswer::kDefault, ErrorAnswer::kRetry,
                                      ErrorAnswer::kRetrySlowly, ErrorAnswer::kRefreshCredentials};
  ErrorAnswer answer = is_answering_ ? answer_dice_.one_of(kAnswers) : ErrorAnswer::kDefault;
  if (is_saying_stop_ && answer_dice_.once_in(2)) answer = ErrorAnswer::kStop;
  if (answer != ErrorAnswer::kDefault) {
    world_.trace.note("client", to_string(answer), id.shard.value(), id.generation.value());
  }
  observer_.handle_error_answered(id, answer);
  if (commits(Sabotage::kIgnoresAnswers, 1)) answer = ErrorAnswer::kDefault;
  if (commits(Sabotage::kStopsUnasked)) answer = ErrorAnswer::kStop;
  core_.handle_error_answer(id, answer, world_.now());
}

/// To the application, if it is for it.
void Client::give(ConnectionId id, const FeedMessage& message) {
  if (message.kind != FeedMessage::Kind::kData) return;
  if (commits(Sabotage::kEndsInSilence, 1)) return;
  if (commits(Sabotage::kKeepsBackForEver, 200)) kept_back_topics_.insert(message.topic);
  if (kept_back_topics_.contains(message.topic)) return observer_.handle_withheld(id, message);
  world_.trace.note("client", "data", id.shard.value(), message.topic.value(), message.sequence);
  if (commits(Sabotage::kSwallowsMessage)) return;
  if (!kept_back_ && commits(Sabotage::kSwapsMessages)) {
    kept_back_.emplace(id, message);
    return;
  }
  hand_over(id, message);
  if (commits(Sabotage::kRepeatsMessage)) hand_over(id, message);
  if (kept_back_ && kept_back_->first == id) {
    hand_over(id, std::exchange(kept_back_, std::nullopt)->second);
  }
}

void Client::hand_over(ConnectionId id, const FeedMessage& message) {
  observer_.handle_delivered(id, message);
}

/// The second byte of a frame says whether it is masked (RFC 6455, section 5.2).
void Client::write(Pipe& pipe, std::string_view bytes) {
  if (bytes.starts_with("GET ") || !commits(Sabotage::kForgetsMask)) return pipe.write(bytes);
  std::string wrong{bytes};
  wrong.at(1) = static_cast<char>(wrong.at(1) & 0x7f);
  pipe.write(wrong);
}

}  // namespace wsm::sim
