#pragma once

#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include <wsm/detail/subscription_id.h>

namespace wsm::detail {

/// Gives each of the application's subscriptions a small number, and takes it back.
///
/// What copying, hashing or comparing a subscription throws leaves the table as it was; so does a
/// lack of memory.
///
/// Threads: owned by the I/O thread.
template <class Subscription>
class SubscriptionTable {
 public:
  SubscriptionId intern(const Subscription& subscription) {
    const auto known = find(subscription);
    return known ? *known : add(subscription);
  }

  std::vector<SubscriptionId> intern_all(std::span<const Subscription> subscriptions) {
    std::vector<SubscriptionId> ids;
    Added added{*this};
    ids.reserve(subscriptions.size());
    added.ids.reserve(subscriptions.size());
    for (const Subscription& subscription : subscriptions) {
      const auto known = find(subscription);
      ids.push_back(known ? *known : added.ids.emplace_back(add(subscription)));
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

  SubscriptionId add(const Subscription& subscription) {
    make_room();
    const bool is_number_new = free_.empty();
    const SubscriptionId id =
        is_number_new ? SubscriptionId{static_cast<SubscriptionId::rep>(subscriptions_.size())}
                      : free_.back();
    const Subscription* const key = &ids_.try_emplace(subscription, id).first->first;
    // Nothing throws from here on.
    if (is_number_new) {
      subscriptions_.push_back(key);
    } else {
      free_.pop_back();
      subscriptions_[id.value()] = key;
    }
    return id;
  }

  /// For one more, and for all numbers to be given back, which must need no memory.
  void make_room() {
    if (free_.empty() && subscriptions_.size() == subscriptions_.capacity()) {
      subscriptions_.reserve(2 * subscriptions_.capacity() + 8);
    }
    free_.reserve(subscriptions_.capacity());
  }

  std::unordered_map<Subscription, SubscriptionId> ids_;
  std::vector<const Subscription*> subscriptions_;  // The keys of ids_, whose nodes stay in place.
  std::vector<SubscriptionId> free_;
};

}  // namespace wsm::detail
