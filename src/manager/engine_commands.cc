// Commands: on the I/O thread, inside a turn.

#include <map>
#include <string>
#include <utility>

#include "manager/engine_impl.h"

namespace wsm {

Result<void> EngineImpl::check_start() {
  if (!tls_context_) return logged("start", Failure{tls_context_.error()});
  if (!proxy_tls_context_) return logged("start", Failure{proxy_tls_context_.error()});
  switch (supervisor_.status()) {
    case SupervisorStatus::kReady: return {};
    case SupervisorStatus::kRunning:
      return logged("start", Failure{Error{Errc::kAlreadyRunning, {}}});
    case SupervisorStatus::kStopping:
    case SupervisorStatus::kStopped: return logged("start", Failure{Error{Errc::kStopped, {}}});
  }
  return {};
}

Result<void> EngineImpl::start(std::span<const SubscriptionId> initial, std::size_t capacity) {
  const bool is_mixed = connects_.join();
  auto started = supervisor_.start(initial, capacity, now_);
  if (!started) {
    if (!is_serving()) connects_.leave();
    return logged("start", std::move(started));
  }
  is_running_.store(true, std::memory_order_release);
  if (is_mixed) {
    log_.log(LogLevel::kWarning,
             "start: managers at the same venue have other limits on connects, and the strictest "
             "holds for all; where it is another venue, name it in the configuration");
  }
  return started;
}

std::vector<SubscribeResult> EngineImpl::subscribe(std::span<const SubscriptionId> ids) {
  auto results = supervisor_.subscribe(ids, now_);
  // One line for each reason: a thousand items that find no room must not bury the log.
  std::map<std::string, std::size_t> refused;
  for (const SubscribeResult& result : results) {
    if (result.error) ++refused[to_string(*result.error)];
  }
  for (const auto& [why, count] : refused) {
    log_.log(LogLevel::kWarning, "subscribe: " + std::to_string(count) + " refused: " + why);
  }
  return results;
}

UnsubscribeResult EngineImpl::unsubscribe(SubscriptionId id) {
  return supervisor_.unsubscribe(id, now_);
}

Result<void> EngineImpl::reconnect_shard(ShardId shard) {
  return logged("reconnect_shard", supervisor_.reconnect_shard(shard, now_));
}

Result<void> EngineImpl::hot_switchover(ShardId shard) {
  return logged("hot_switchover", supervisor_.hot_switchover(shard, now_));
}

Result<std::size_t> EngineImpl::rebalance() {
  auto begun = supervisor_.rebalance(now_);
  if (!begun) return Failure{logged("rebalance", Failure{begun.error()}).error()};
  return begun;
}

Result<void> EngineImpl::send(ShardId shard, OutgoingMessage message) {
  return logged("send", supervisor_.send(shard, message));
}

bool EngineImpl::is_serving() const { return supervisor_.status() == SupervisorStatus::kRunning; }

Result<std::vector<SubscriptionId>> EngineImpl::shard_subscriptions(ShardId shard) const {
  return supervisor_.shard_subscriptions(shard);
}

std::optional<SubscriptionState> EngineImpl::subscription_state(SubscriptionId id) const {
  auto state = supervisor_.subscription_state(id, now_);
  if (state) state->messages_dropped = delivery_.dropped().of(id);
  return state;
}

Result<void> EngineImpl::logged(std::string_view command, Result<void> result) {
  if (!result) {
    log_.log(LogLevel::kWarning, std::string{command} + ": " + to_string(result.error()));
  }
  return result;
}

}  // namespace wsm
