#include "core/rebalance/subscription_rates.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace wsm {
namespace {

using Tenths = std::chrono::duration<std::int64_t, std::deci>;

/// A double ends at e^709.
constexpr double kExponentMax = 500;

double memories(Duration time) {
  return std::chrono::duration<double>{time} /
         std::chrono::duration<double>{SubscriptionRates::kMemory};
}

}  // namespace

void SubscriptionRates::handle_message(SubscriptionId id, std::size_t bytes, TimePoint now) {
  if (now != weighed_at_ || !started_at_) weigh(now);
  Seen& seen = seen_.of(id);
  if (seen.messages == 0) {
    const auto since = std::chrono::floor<Tenths>(now - *started_at_);
    seen.since = static_cast<std::uint32_t>(since.count());
  }
  seen.messages += weight_;
  const double share = weight_ / seen.messages;
  const double mean = seen.bytes_mean;
  seen.bytes_mean = static_cast<float>(mean + (static_cast<double>(bytes) - mean) * share);
}

SubscriptionRate SubscriptionRates::rate(SubscriptionId id, TimePoint now) const {
  const Seen seen = seen_.value(id);
  if (seen.messages == 0) return {};
  const Duration age = std::max<Duration>(now - (*started_at_ + Tenths{seen.since}), kYoung);
  // What a steady message a second comes to in that age; kMemory in the end.
  const double of_one_a_second =
      std::chrono::duration<double>{kMemory}.count() * -std::expm1(-memories(age));
  const double messages = seen.messages * std::exp(-memories(now - unit_at_)) / of_one_a_second;
  return {.messages_per_second = messages, .bytes_per_second = messages * seen.bytes_mean};
}

/// Finds the weight of a message at `now`. Before it grows too large, all become smaller.
void SubscriptionRates::weigh(TimePoint now) {
  if (!started_at_) started_at_ = unit_at_ = now;
  weighed_at_ = now;
  if (const double exponent = memories(now - unit_at_); exponent > kExponentMax) {
    const double factor = std::exp(-exponent);
    for (Seen& seen : seen_.values()) seen.messages *= factor;
    unit_at_ = now;
  }
  weight_ = std::exp(memories(now - unit_at_));
}

}  // namespace wsm
