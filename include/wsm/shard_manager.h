#pragma once

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <vector>

#include <wsm/config.h>
#include <wsm/detail/engine.h>
#include <wsm/handler.h>
#include <wsm/logger.h>
#include <wsm/metrics.h>
#include <wsm/result.h>
#include <wsm/subscription.h>

namespace wsm {

/// How many of the shards are connected. One that is being closed on purpose does not count.
struct HealthReport {
  std::size_t connected_shards = 0;
  std::size_t shards = 0;
  bool is_healthy = false;
};

/// Reads the numbers of one manager, during its life and after stop().
class Metrics {
 public:
  explicit Metrics(std::shared_ptr<const detail::Engine> engine) : engine_(std::move(engine)) {}

  /// Everything at one instant. Threads: any. Cost: a visit to the I/O thread; nothing for the
  /// receive path.
  [[nodiscard]] MetricsSnapshot snapshot() const { return engine_->metrics(); }

 private:
  std::shared_ptr<const detail::Engine> engine_;
};

/// Keeps a declared set of subscriptions alive over as many connections as it takes.
///
/// Made running by start(), once; ended by stop() or the destructor. Handler and manager may be
/// destroyed in any order; no hook begins after the destructor has returned, unless one that never
/// returned was still blocked at its deadline.
///
/// Threads: every function from any thread and from inside any hook. Each is a visit to the I/O
/// thread, some microseconds while that is not busy. From a hook, stop() and wait_until_live() do
/// not wait. The destructor must not run inside a hook.
///
/// Nothing is thrown, but for what copying, hashing or comparing a Subscription throws, and
/// std::bad_alloc by a function for which there is no memory: it has done nothing then, or the
/// manager breaks down with it. The destructor throws nothing.
///
/// A manager whose own threads run out of memory breaks down: it closes every connection at once,
/// and without the closing handshake, tells event::BrokeDown and the log why, and is not running
/// any more. What is queued still comes to the handler. From then on commands are refused with
/// kBrokenDown, start() too, stop() succeeds, and metrics() knows of deliveries only. A hook that
/// runs out of memory is one that throws. The process never ends by it.
///
/// What both connections bring while one replaces the other is delivered once, if inspect() says
/// whose it is; otherwise it comes twice.
template <class Subscription>
class ShardManager {
 public:
  using Handler = WebSocketHandler<Subscription>;
  using Subscriptions = std::vector<Subscription>;

  /// Throws what is derived from std::exception where the system gives no thread, or nothing for it
  /// to wait with.
  ShardManager(const ShardManagerConfig& config, std::shared_ptr<Handler> handler,
               std::shared_ptr<Logger> logger = make_stderr_logger())
      : config_(config),
        port_(std::make_shared<Port>(std::move(handler))),
        engine_(detail::Engine::create(config, port_, std::move(logger))) {}
  ShardManager(const ShardManager&) = delete;
  ShardManager& operator=(const ShardManager&) = delete;
  ~ShardManager() { engine_->shut_down(); }

  /// Asks the handler for its subscriptions, places them and begins to connect. Does not wait for
  /// the connections: wait_until_live() does.
  /// Errors: kAlreadyRunning, kStopped, kBrokenDown, kHandlerFailed, kInvalidArgument (a
  /// certificate authority that cannot be used, a cap of zero), kConnectionLimit and
  /// kSubscriptionLimit (there is no room for all of them).
  Result<void> start() {
    auto allowed = ask<Result<void>>([](auto& commands) { return commands.check_start(); });
    if (!allowed) return allowed;
    Subscriptions initial;
    auto asked = engine_->call_hook("subscriptions", [&] { initial = handler()->subscriptions(); });
    if (!asked) return asked;
    std::size_t cap = config_.manager().max_subscriptions_per_shard.value_or(0);
    if (!config_.manager().max_subscriptions_per_shard) {
      asked = engine_->call_hook("max_subscriptions_per_shard",
                                 [&] { cap = handler()->max_subscriptions_per_shard(); });
      if (!asked) return asked;
    }
    return ask<Result<void>>(
        [&](auto& commands) { return commands.start(port_->table().intern_all(initial), cap); });
  }

  /// Closes every connection with its closing handshake, lets the handler finish what is queued,
  /// and returns. From inside a hook: begins, and returns at once.
  /// Errors: kTimeout when something had to be cut off at the deadline.
  Result<void> stop(Duration deadline = std::chrono::seconds{5}) { return engine_->stop(deadline); }

  [[nodiscard]] bool is_running() const { return engine_->is_running(); }

  /// Adds to the desired set; one result for each item, in order.
  std::vector<SubscribeResult> subscribe(const Subscriptions& items) {
    return ask<std::vector<SubscribeResult>>(
        [&](auto& commands) { return commands.subscribe(port_->table().intern_all(items)); });
  }

  /// Takes out of the desired set; one result for each item, in order.
  std::vector<UnsubscribeResult> unsubscribe(const Subscriptions& items) {
    return ask<std::vector<UnsubscribeResult>>([&](auto& commands) {
      // All are found before the first is taken out: to find one may throw.
      std::vector<std::optional<SubscriptionId>> ids;
      for (const Subscription& item : items) ids.push_back(port_->table().find(item));
      std::vector<UnsubscribeResult> results;
      results.reserve(ids.size());
      for (const auto& id : ids) {
        results.push_back(id ? commands.unsubscribe(*id)
                             : UnsubscribeResult{UnsubscribeStatus::kNotSubscribed, {}});
      }
      return results;
    });
  }

  /// Waits until everything desired has been requested on an open connection.
  /// Errors: kTimeout, kNotRunning, kStopped, kBrokenDown.
  Result<void> wait_until_live(Duration timeout) { return engine_->wait_until_live(timeout); }

  [[nodiscard]] std::size_t total_subscriptions() const {
    return engine_->metrics().total_subscriptions;
  }
  /// Without those that are being closed because they have nothing left to carry.
  [[nodiscard]] std::size_t shard_count() const { return health().shards; }

  /// Errors: kUnknownShard.
  [[nodiscard]] Result<Subscriptions> shard_subscriptions(ShardId shard) const {
    return ask<Result<Subscriptions>>([&](auto& commands) -> Result<Subscriptions> {
      auto ids = commands.shard_subscriptions(shard);
      if (!ids) return Failure{ids.error()};
      return port_->subscriptions_of(*ids);
    });
  }

  /// Which shard carries `item`; none when it is not desired.
  [[nodiscard]] std::optional<ShardId> subscription_shard(const Subscription& item) const {
    const auto state = subscription_status(item);
    if (!state) return std::nullopt;
    return state->shard;
  }

  /// How far `item` has come; none when it is not desired.
  [[nodiscard]] std::optional<SubscriptionState> subscription_status(
      const Subscription& item) const {
    return ask<std::optional<SubscriptionState>>(
        [&](auto& commands) -> std::optional<SubscriptionState> {
          const auto id = port_->table().find(item);
          if (!id) return std::nullopt;
          return commands.subscription_state(*id);
        });
  }

  /// Whether `item` is desired and data of it has been read within `max_staleness`, on whichever
  /// connection; messages that wait for on_message are read already. Needs inspect().
  [[nodiscard]] bool is_subscription_fresh(const Subscription& item, Duration max_staleness) const {
    const auto state = subscription_status(item);
    return state && state->since_data && *state->since_data <= max_staleness;
  }

  /// Healthy when at least `min_connected_ratio` (0 to 1) of the shards are connected; never before
  /// start() and from stop() on.
  [[nodiscard]] HealthReport health(double min_connected_ratio = 1.0) const {
    return ask<HealthReport>([&](auto& commands) {
      HealthReport report;
      for (const ShardMetrics& shard : engine_->metrics().shards) {
        if (shard.status == ShardStatus::kClosing) continue;
        ++report.shards;
        if (shard.is_connected) ++report.connected_shards;
      }
      report.is_healthy =
          commands.is_serving() && static_cast<double>(report.connected_shards) >=
                                       min_connected_ratio * static_cast<double>(report.shards);
      return report;
    });
  }

  /// Closes the shard's connection and opens another at once, with a gap; revives a suspended one.
  /// Where a circuit breaker is open, the shard that has waited longest is tried at once.
  /// Errors: kUnknownShard, kNotConnected when it is closing, with nothing to carry, kNotRunning,
  /// kStopped.
  Result<void> reconnect_shard(ShardId shard) {
    return ask<Result<void>>([&](auto& commands) { return commands.reconnect_shard(shard); });
  }

  /// Opens a second connection, subscribes everything on it, waits until nothing would be lost with
  /// the first, and then closes that. on_event tells how it ended.
  /// Errors: kUnknownShard, kNotConnected, kAlreadySwitching, kConnectionLimit, kSubscriptionLimit,
  /// kNotRunning, kStopped.
  Result<void> hot_switchover(ShardId shard) {
    return ask<Result<void>>([&](auto& commands) { return commands.hot_switchover(shard); });
  }

  /// Evens out what the shards carry, empties those that are not needed, and closes them. Each
  /// subscription goes on where it is until nothing would be lost with that. What auto_rebalance
  /// does by itself, some time after a change, begins at once. Returns how many subscriptions are
  /// going to move; on_event tells what became of each.
  /// Errors: kNotRunning, kStopped.
  Result<std::size_t> rebalance() {
    return ask<Result<std::size_t>>([](auto& commands) { return commands.rebalance(); });
  }

  /// Sends on the connection that serves `shard` now.
  /// Errors: kUnknownShard, kNotConnected, kInvalidUtf8, kMessageTooLarge, kSendQueueFull,
  /// kNotRunning, kStopped.
  Result<void> send(ShardId shard, OutgoingMessage message) {
    return ask<Result<void>>(
        [&](auto& commands) { return commands.send(shard, std::move(message)); });
  }

  [[nodiscard]] Metrics metrics() const { return Metrics{engine_}; }
  [[nodiscard]] const std::shared_ptr<Handler>& handler() const { return port_->handler(); }

 private:
  using Port = detail::TypedHandlerPort<Subscription>;

  /// Runs `question` on the I/O thread and brings its answer back, or what it throws: the turn of
  /// the I/O thread has to end properly.
  template <class Answer, class Question>
  Answer ask(Question&& question) const {
    std::optional<Answer> answer;
    std::exception_ptr thrown;
    engine_->run([&](detail::Commands& commands) {
      try {
        answer.emplace(question(commands));
      } catch (...) {
        thrown = std::current_exception();
      }
    });
    if (thrown) std::rethrow_exception(thrown);
    return std::move(*answer);
  }

  ShardManagerConfig config_;
  std::shared_ptr<Port> port_;
  std::shared_ptr<detail::Engine> engine_;
};

template <class H>
ShardManager(const ShardManagerConfig&, std::shared_ptr<H>)
    -> ShardManager<typename H::subscription_type>;
template <class H>
ShardManager(const ShardManagerConfig&, std::shared_ptr<H>, std::shared_ptr<Logger>)
    -> ShardManager<typename H::subscription_type>;

}  // namespace wsm
