#pragma once

#include <optional>
#include <span>
#include <vector>

#include <wsm/detail/engine.h>

namespace wsm {

/// The commands of a manager that has broken down: nothing is obeyed, and nobody is asked.
class Refusals final : public detail::Commands {
 public:
  Result<void> check_start() override { return refused(); }
  Result<void> start(std::span<const SubscriptionId>, std::size_t) override { return refused(); }
  std::vector<SubscribeResult> subscribe(std::span<const SubscriptionId> ids) override {
    return {ids.size(), {SubscribeStatus::kRefused, {}, Error{Errc::kBrokenDown, {}}}};
  }
  UnsubscribeResult unsubscribe(SubscriptionId) override {
    return {UnsubscribeStatus::kNotSubscribed, {}};
  }
  Result<void> reconnect_shard(ShardId) override { return refused(); }
  Result<void> hot_switchover(ShardId) override { return refused(); }
  Result<std::size_t> rebalance() override { return refused(); }
  Result<void> send(ShardId, OutgoingMessage) override { return refused(); }

  [[nodiscard]] bool is_serving() const override { return false; }
  [[nodiscard]] Result<std::vector<SubscriptionId>> shard_subscriptions(ShardId) const override {
    return refused();
  }
  [[nodiscard]] std::optional<SubscriptionState> subscription_state(SubscriptionId) const override {
    return std::nullopt;
  }

 private:
  static Failure<Error> refused() { return Failure{Error{Errc::kBrokenDown, {}}}; }
};

}  // namespace wsm
