#include "manager/event_log.h"

#include <type_traits>

namespace wsm {

LogLevel log_level(const EventKind& event) {
  return std::visit(
      [](const auto& e) {
        using E = std::decay_t<decltype(e)>;
        if constexpr (std::is_same_v<E, event::ShardSuspended> ||
                      std::is_same_v<E, event::SubscriptionSendFailed> ||
                      std::is_same_v<E, event::HandlerThrew> ||
                      std::is_same_v<E, event::BrokeDown>) {
          return LogLevel::kError;
        } else if constexpr (std::is_same_v<E, event::Disconnected>) {
          const bool is_planned = e.reason.kind == DisconnectKind::kReplaced ||
                                  e.reason.kind == DisconnectKind::kRequested ||
                                  e.reason.kind == DisconnectKind::kStopped;
          return is_planned ? LogLevel::kInfo : LogLevel::kWarning;
        } else if constexpr (std::is_same_v<E, event::SwitchoverFinished>) {
          return e.outcome == SwitchoverOutcome::kAbandoned ? LogLevel::kWarning : LogLevel::kInfo;
        } else if constexpr (std::is_same_v<E, event::SwitchoverReported>) {
          return e.interrupted.empty() ? LogLevel::kInfo : LogLevel::kWarning;
        } else if constexpr (std::is_same_v<E, event::GapClosed>) {
          // What hit all that a connection carried has been told of the connection already.
          const bool is_news =
              e.cause == GapCause::kSequenceHole || e.cause == GapCause::kNumbersRestarted;
          return is_news ? LogLevel::kWarning : LogLevel::kDebug;
        } else if constexpr (std::is_same_v<E, event::CircuitBreakerChanged>) {
          return e.status == CircuitStatus::kOpen ? LogLevel::kWarning : LogLevel::kInfo;
        } else if constexpr (std::is_same_v<E, event::HealthFailed> ||
                             std::is_same_v<E, event::DeliveryPaused> ||
                             std::is_same_v<E, event::MessagesDropped> ||
                             std::is_same_v<E, event::SlowConsumer> ||
                             std::is_same_v<E, event::NoticesOmitted>) {
          return LogLevel::kWarning;
        } else if constexpr (std::is_same_v<E, event::Connecting> ||
                             std::is_same_v<E, event::SubscriptionsChanged> ||
                             std::is_same_v<E, event::SubscriptionsHandedOver> ||
                             std::is_same_v<E, event::SubscriptionsRemoved> ||
                             std::is_same_v<E, event::GapOpened> ||
                             std::is_same_v<E, event::MessageLate> ||
                             std::is_same_v<E, event::ConnectionRetired> ||
                             std::is_same_v<E, event::SubscriptionsRequested> ||
                             std::is_same_v<E, event::UnsubscriptionsRequested>) {
          return LogLevel::kDebug;
        } else {
          return LogLevel::kInfo;
        }
      },
      event);
}

void EventLog::log(const EventKind& event) const {
  try {
    log(log_level(event), to_string(event));
  } catch (...) {
    return;
  }
}

void EventLog::log(LogLevel level, std::string_view line) const {
  if (!logger_) return;
  try {
    logger_->log(level, line);
  } catch (...) {  // The application's own log has failed: there is nowhere left to say so.
  }
}

}  // namespace wsm
