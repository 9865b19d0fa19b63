#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "core/rebalance/rebalance_plan.h"

namespace wsm {

/// What a subscription or a shard weighs, in thousandths of a subscription, of a message a second
/// or of a byte a second. Whole numbers, for sums of them depend on no order: with fractions the
/// last bit could make two shards seem uneven for ever.
using Weight = std::uint64_t;

/// Weighs subscriptions by one measure.
///
/// Each weighs at least a tenth of the average: what is quiet now may wake up, and a shard that
/// seems idle must not be given all the quiet ones. The average is that of everything that may be
/// moved, so that no move changes any weight.
class LoadScale {
 public:
  /// `measure` none: by count. Lifetime: keeps nothing of `shards`, of which none is fixed.
  LoadScale(std::optional<LoadMeasure> measure, std::span<const ShardLoad* const> shards);

  [[nodiscard]] Weight weight(const SubscriptionLoad& load) const;
  /// Whether moving it makes a difference. Without this, a shard whose one subscription is too
  /// much would lose hundreds of quiet ones, and still be the fullest.
  [[nodiscard]] bool is_worth_moving(const SubscriptionLoad& load) const;

 private:
  [[nodiscard]] Weight measured(const SubscriptionLoad& load) const;

  std::optional<LoadMeasure> measure_;
  Weight least_ = 1;
};

/// More than `1e9` a second of one subscription counts as that, so that no sum overflows.
[[nodiscard]] Weight thousandths(double per_second);

}  // namespace wsm
