#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include <wsm/detail/subscription_id.h>

namespace wsm::detail {

/// Gives each of the application's subscriptions a small number, and takes it back.
///
/// Threads: owned by the I/O thread.
template <class Subscription>
class SubscriptionTable {
 public:
  SubscriptionId intern(const Subscription& subscription) {
    auto [entry, is_new] = ids_.try_emplace(subscription, SubscriptionId{});
    if (is_new) entry->second = allocate(&entry->first);
    return entry->second;
  }

  [[nodiscard]] std::optional<SubscriptionId> find(const Subscription& subscription) const {
    const auto entry = ids_.find(subscription);
    if (entry == ids_.end()) return std::nullopt;
    return entry->second;
  }

  /// Lifetime: until forget(id).
  [[nodiscard]] const Subscription& at(SubscriptionId id) const {
    return *subscriptions_.at(id.value());
  }

  /// Does nothing when `id` stands for nothing.
  void forget(SubscriptionId id) {
    if (subscriptions_.at(id.value()) == nullptr) return;
    ids_.erase(ids_.find(at(id)));
    subscriptions_[id.value()] = nullptr;
    free_.push_back(id);
  }

 private:
  SubscriptionId allocate(const Subscription* subscription) {
    if (free_.empty()) {
      subscriptions_.push_back(subscription);
      return SubscriptionId{static_cast<SubscriptionId::rep>(subscriptions_.size() - 1)};
    }
    const SubscriptionId id = free_.back();
    free_.pop_back();
    subscriptions_[id.value()] = subscription;
    return id;
  }

  std::unordered_map<Subscription, SubscriptionId> ids_;
  std::vector<const Subscription*> subscriptions_;  // The keys of ids_, whose nodes stay in place.
  std::vector<SubscriptionId> free_;
};

}  // namespace wsm::detail
