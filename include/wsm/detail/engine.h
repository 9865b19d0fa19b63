#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <wsm/config.h>
#include <wsm/detail/handler_port.h>
#include <wsm/detail/subscription_id.h>
#include <wsm/logger.h>
#include <wsm/metrics.h>
#include <wsm/result.h>
#include <wsm/subscription.h>

namespace wsm::detail {

/// The commands of a manager on ids. Only the I/O thread holds one.
class Commands {
 public:
  virtual ~Commands() = default;

  /// Whether start() would be refused whatever it brings, so that the handler need not be asked.
  [[nodiscard]] virtual Result<void> check_start() = 0;
  virtual Result<void> start(std::span<const SubscriptionId> initial,
                             std::size_t max_subscriptions_per_shard) = 0;
  virtual std::vector<SubscribeResult> subscribe(std::span<const SubscriptionId> ids) = 0;
  virtual UnsubscribeResult unsubscribe(SubscriptionId id) = 0;
  virtual Result<void> reconnect_shard(ShardId shard) = 0;
  virtual Result<void> hot_switchover(ShardId shard) = 0;
  virtual Result<std::size_t> rebalance() = 0;
  virtual Result<void> send(ShardId shard, OutgoingMessage message) = 0;

  /// Started, and not told to stop.
  [[nodiscard]] virtual bool is_serving() const = 0;
  [[nodiscard]] virtual Result<std::vector<SubscriptionId>> shard_subscriptions(
      ShardId shard) const = 0;
  [[nodiscard]] virtual std::optional<SubscriptionState> subscription_state(
      SubscriptionId id) const = 0;
};

/// A manager without its subscription type: the I/O thread and everything on it.
class Engine {
 public:
  static std::shared_ptr<Engine> create(const ShardManagerConfig& config,
                                        std::shared_ptr<HandlerPort> handler,
                                        std::shared_ptr<Logger> logger);

  virtual ~Engine() = default;

  /// Runs `job` on the I/O thread and returns when it has run. Threads: any, the I/O thread too.
  virtual void run(const std::function<void(Commands&)>& job) = 0;

  /// Calls `hook` of the handler on the calling thread. What it throws is counted, logged with
  /// `name`, which is valid for ever, and the error. Threads: any.
  virtual Result<void> call_hook(std::string_view name, const std::function<void()>& hook) = 0;

  virtual Result<void> stop(Duration deadline) = 0;
  virtual Result<void> wait_until_live(Duration timeout) = 0;
  [[nodiscard]] virtual bool is_running() const = 0;
  [[nodiscard]] virtual MetricsSnapshot metrics() const = 0;

  /// Ends the threads; what a blocked hook still holds is left to that hook.
  virtual void shut_down() = 0;
};

}  // namespace wsm::detail
