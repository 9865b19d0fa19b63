#pragma once

#include <span>
#include <vector>

#include <wsm/detail/subscription_id.h>

namespace wsm {

/// One `T` for each subscription; a `T{}` stands for those of which nothing is known.
///
/// Ids are dense, so this is a row of values without holes worth speaking of.
template <class T>
class PerSubscription {
 public:
  /// Lifetime: until the next call.
  [[nodiscard]] T& of(SubscriptionId id) {
    if (id.value() >= values_.size()) values_.resize(id.value() + 1);
    return values_[id.value()];
  }
  /// The subscription is not desired any more; its id may come to stand for another one.
  void forget(SubscriptionId id) {
    if (id.value() < values_.size()) values_[id.value()] = {};
  }

  // Getters.
  [[nodiscard]] T value(SubscriptionId id) const {
    return id.value() < values_.size() ? values_[id.value()] : T{};
  }
  /// All that there are, those without anything known included. Lifetime: until the next of().
  [[nodiscard]] std::span<T> values() { return values_; }

 private:
  std::vector<T> values_;
};

}  // namespace wsm
