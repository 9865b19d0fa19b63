#include "core/rebalance/load_scale.h"

#include <algorithm>
#include <cstddef>

namespace wsm {
namespace {

constexpr Weight kUnit = 1000;
constexpr Weight kLeastPart = 10;  // Of the average.

}  // namespace

Weight thousandths(double per_second) {
  constexpr double kMost = 1e9;
  if (!(per_second > 0)) return 0;
  return static_cast<Weight>(std::min(per_second, kMost) * static_cast<double>(kUnit) + 0.5);
}

LoadScale::LoadScale(std::optional<LoadMeasure> measure, std::span<const ShardLoad* const> shards)
    : measure_(measure) {
  Weight sum = 0;
  std::size_t count = 0;
  for (const ShardLoad* shard : shards) {
    for (const SubscriptionLoad& load : shard->subscriptions) sum += measured(load);
    count += shard->subscriptions.size();
  }
  if (count > 0) least_ = std::max<Weight>(1, sum / count / kLeastPart);
}

Weight LoadScale::weight(const SubscriptionLoad& load) const {
  return std::max(measured(load), least_);
}

bool LoadScale::is_worth_moving(const SubscriptionLoad& load) const {
  return measured(load) >= least_;
}

Weight LoadScale::measured(const SubscriptionLoad& load) const {
  switch (measure_.value_or(LoadMeasure::kCount)) {
    case LoadMeasure::kCount: return kUnit;
    case LoadMeasure::kMessages: return thousandths(load.messages_per_second);
    case LoadMeasure::kBytes: return thousandths(load.bytes_per_second);
  }
  return kUnit;
}

}  // namespace wsm
