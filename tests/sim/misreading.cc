#include "sim/misreading.h"

#include <chrono>
#include <optional>

namespace wsm::sim {
namespace {

template <class T>
std::optional<T> half(std::optional<T> limit) {
  return limit ? std::optional<T>{*limit / 2} : std::nullopt;
}
std::optional<std::size_t> one_more(std::optional<std::size_t> limit) {
  return limit ? std::optional{*limit + 1} : std::nullopt;
}

}  // namespace

ShardManagerConfig misread(ShardManagerConfigBuilder builder, const ShardManagerConfig& right,
                           Sabotage sabotage) {
  const LimitOptions& limits = right.limits();
  switch (sabotage) {
    case Sabotage::kSendsTooFast: builder.window(half(limits.window)); break;
    case Sabotage::kSendsTooClose: builder.message_spacing(half(limits.message_spacing)); break;
    case Sabotage::kAsksForTooMuch:
      builder.subscriptions_per_message(limits.subscriptions_per_message + 1);
      break;
    case Sabotage::kWritesTooMuch: builder.bytes_per_message(10 * limits.bytes_per_message); break;
    case Sabotage::kConnectsTooFast: builder.connect_window(half(limits.connect_window)); break;
    case Sabotage::kConnectsTooOften:
      builder.max_connections(one_more(limits.max_connections));
      break;
    case Sabotage::kSubscribesTooMuch:
      builder.max_subscriptions(one_more(limits.max_subscriptions));
      break;
    case Sabotage::kIgnoresCircuit: builder.circuit_breaker_threshold(1'000'000); break;
    case Sabotage::kProbesTooSoon:
      builder.circuit_breaker_reset_timeout(std::chrono::milliseconds{10});
      break;
    case Sabotage::kForgetsToWithhold:
      if (right.health().gap_recovery == GapRecovery::kDrop) {
        builder.gap_recovery(GapRecovery::kGoOn);
      }
      break;
    case Sabotage::kOverlooksTextPongs:
      if (right.health().text_ping) builder.text_pong("another");
      break;
    case Sabotage::kOverlooksSilence:
      builder.data_timeout(std::nullopt).subscription_timeout(std::nullopt);
      builder.subscription_timeout_intervals(std::nullopt);
      break;
    default: break;
  }
  return *builder.build();
}

}  // namespace wsm::sim
