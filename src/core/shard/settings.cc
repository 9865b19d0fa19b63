#include "core/shard/settings.h"

#include <algorithm>

namespace wsm {

ShardSettings ShardSettings::from(const ShardManagerConfig& config) {
  ShardSettings settings;
  settings.connection = ConnectionSettings::from(config);
  settings.backoff = config.backoff();
  settings.requests = {.subscriptions_per_message = config.limits().subscriptions_per_message,
                       .bytes_per_message = config.limits().bytes_per_message,
                       .retry_after = config.backoff().max_delay};
  settings.truth = {.silence = {.longest = config.health().subscription_timeout,
                                .intervals = config.health().subscription_timeout_intervals},
                    .acknowledgement_timeout = config.health().acknowledgement_timeout};
  settings.ledger = {.recovery = config.health().gap_recovery,
                     .recovery_interval = config.backoff().max_delay};
  const LimitOptions& limits = config.limits();
  if (limits.connects_per_window && limits.connect_window) {
    settings.connects.connects = RollingWindow::Options{.count = *limits.connects_per_window,
                                                        .length = *limits.connect_window};
  }
  settings.connects.connections_max = limits.max_connections;
  settings.subscriptions_max = limits.max_subscriptions;
  // No probe is further away than the backoff would have put an attempt.
  settings.circuits = {.threshold = config.connection().circuit_breaker_threshold,
                       .delay_max = std::min(config.connection().circuit_breaker_reset_timeout,
                                             config.backoff().max_delay)};
  settings.connects.sources = std::max(config.connection().source_ips.size(), std::size_t{1});
  settings.max_connect_attempts = config.connection().max_connect_attempts;
  settings.max_redirects = config.connection().max_redirects;
  settings.hot_switchover = config.manager().hot_switchover;
  settings.renewal_interval = config.connection().proactive_reconnect_interval;
  settings.proof_timeout =
      config.health().data_timeout.value_or(config.connection().connect_timeout);
  return settings;
}

}  // namespace wsm
