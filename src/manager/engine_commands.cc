// Commands: on the I/O thread, inside a turn; but for that of a Sender, which gets there first.

#include <exception>
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

/// Whoever gave the command gets what it throws, and the turn ends with it: see run().
template <class Command>
auto EngineImpl::in_core(Command command) {
  try {
    return command();
  } catch (...) {
    failure_ = std::current_exception();
    std::rethrow_exception(failure_);
  }
}

Result<void> EngineImpl::start(std::span<const SubscriptionId> initial, std::size_t capacity) {
  bool is_mixed = false;
  auto started = in_core([&] {
    is_mixed = connects_.join();
    return supervisor_.start(initial, capacity, now_);
  });
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
  auto results = in_core([&] { return supervisor_.subscribe(ids, now_); });
  log_refused(results);
  return results;
}

/// One line for each reason: a thousand items that find no room must not bury the log. What is done
/// is done, with or without the memory for a line.
void EngineImpl::log_refused(const std::vector<SubscribeResult>& results) const noexcept {
  try {
    std::map<std::string, std::size_t> refused;
    for (const SubscribeResult& result : results) {
      if (result.error) ++refused[to_string(*result.error)];
    }
    for (const auto& [why, count] : refused) {
      log_.log(LogLevel::kWarning, "subscribe: " + std::to_string(count) + " refused: " + why);
    }
  } catch (...) {
    return;
  }
}

UnsubscribeResult EngineImpl::unsubscribe(SubscriptionId id) {
  return in_core([&] { return supervisor_.unsubscribe(id, now_); });
}

Result<void> EngineImpl::reconnect_shard(ShardId shard) {
  return logged("reconnect_shard",
                in_core([&] { return supervisor_.reconnect_shard(shard, now_); }));
}

Result<void> EngineImpl::hot_switchover(ShardId shard) {
  return logged("hot_switchover", in_core([&] { return supervisor_.hot_switchover(shard, now_); }));
}

Result<std::size_t> EngineImpl::rebalance() {
  auto begun = in_core([&] { return supervisor_.rebalance(now_); });
  if (!begun) return Failure{logged("rebalance", Failure{begun.error()}).error()};
  return begun;
}

Result<void> EngineImpl::send(ShardId shard, OutgoingMessage message) {
  return logged("send", in_core([&] { return supervisor_.send(shard, message); }));
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

/// Of a Sender, which may outlive everything else.
Result<void> EngineImpl::send(ShardId shard, Generation generation, OutgoingMessage message) {
  std::optional<Result<void>> sent;
  std::exception_ptr thrown;
  const bool is_alive = visit([&](Supervisor& supervisor, TimePoint) {
    try {
      sent.emplace(in_core([&] {
        return supervisor.send(ConnectionId{shard, generation}, message);
      }));
    } catch (...) {
      thrown = std::current_exception();
    }
    rethrow_failure();
  });
  if (thrown) std::rethrow_exception(thrown);
  if (is_alive && sent) return *std::move(sent);
  if (is_broken()) return Failure{Error{Errc::kBrokenDown, {}}};
  return Failure{Error{Errc::kStopped, "the manager is gone"}};
}

/// What is decided is decided, with or without the memory for a line.
Result<void> EngineImpl::logged(std::string_view command, Result<void> result) const {
  if (result) return result;
  try {
    log_.log(LogLevel::kWarning, std::string{command} + ": " + to_string(result.error()));
  } catch (...) {
    return result;
  }
  return result;
}

}  // namespace wsm
