#pragma once

#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include <wsm/detail/subscription_id.h>

namespace wsm::detail {

/// Gives each of the application's subscriptions a small number, and takes it back.
///
/// What copying, hashing or comparing a subscription throws leaves the table as it was.
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

  std::vector<SubscriptionId> intern_all(std::span<const Subscription> subscriptions) {
    std::vector<SubscriptionId> ids;
    Added added{*this};
    for (const Subscription& subscription : subscriptions) {
      const auto known = find(subscription);
      ids.push_back(known ? *known : added.ids.emplace_back(intern(subscription)));
    }
    added.ids.clear();  // They stay.
    return ids;
  }

  [[nodiscard]] std::optional<SubscriptionId> find(const Subscription& subscription) const {
    const auto entry = ids_.find(subscription);
    if (entry == ids_.end()) return std::nullopt;
    return entry->second;
  }

  /// The subscription of `id`; null when it stands for nothing any more. Lifetime: until
  /// forget(id).
  [[nodiscard]] const Subscription* find(SubscriptionId id) const {
    return id.value() < subscriptions_.size() ? subscriptions_[id.value()] : nullptr;
  }

  /// Lifetime: until forget(id).
  [[nodiscard]] const Subscription& at(SubscriptionId id) const {
    return *subscriptions_.at(id.value());
  }

  /// Does nothing when `id` stands for nothing. Where the subscription cannot be found because its
  /// hash or comparison throws, it keeps its number.
  void forget(SubscriptionId id) {
    if (subscriptions_.at(id.value()) == nullptr) return;
    try {
      ids_.erase(ids_.find(at(id)));
    } catch (...) {
      return;
    }
    subscriptions_[id.value()] = nullptr;
    free_.push_back(id);
  }

 private:
  /// Is taken back when one of those that come after it throws.
  struct Added {
    explicit Added(SubscriptionTable& its_table) : table(its_table) {}
    Added(const Added&) = delete;
    Added& operator=(const Added&) = delete;
    ~Added() {
      for (const SubscriptionId id : ids) table.forget(id);
    }

    SubscriptionTable& table;
    std::vector<SubscriptionId> ids = {};
  };

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
