#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/time.h"
#include "core/subscription/per_subscription.h"

namespace wsm {

struct SubscriptionRate {
  double messages_per_second = 0;
  double bytes_per_second = 0;
};

/// Measures how much each subscription brings, over about the last kMemory: an exponential average.
///
/// Instead of letting every old message lose weight as time goes by, each new one gets more
/// (forward decay: Cormode, Shkapenyuk, Srivastava, Xu 2009). The weight depends on the time only,
/// so the messages of one batch share it, and no subscription needs to know when it was last looked
/// at.
///
/// RateMeter (base/rate_meter.h) is for the few things that are counted anyway; it takes 40 bytes
/// and wants to be told once a second. LearnedInterval learns something else, how long a
/// subscription may be silent.
///
/// Cost: of handle_message() a multiplication and a division; of the first one with another `now`
/// an exponential as well. Once in 500 kMemory all subscriptions are gone through. Memory: 16 bytes
/// for each.
class SubscriptionRates {
 public:
  /// Long enough that a burst does not look like a rate, short enough to follow the hours of a
  /// market.
  static constexpr Duration kMemory = std::chrono::seconds{60};
  /// What is younger is measured as if it were as old, so that its first message is no rate of
  /// millions.
  static constexpr Duration kYoung = std::chrono::seconds{10};

  // Inputs.
  void handle_message(SubscriptionId id, std::size_t bytes, TimePoint now);
  /// The subscription is not desired any more; its id may come to stand for another one.
  void forget(SubscriptionId id) { seen_.forget(id); }

  // Getters.
  /// Zero of those that have brought nothing.
  [[nodiscard]] SubscriptionRate rate(SubscriptionId id, TimePoint now) const;

 private:
  /// What there has been of one, from its first message on.
  struct Seen {
    double messages = 0;      // Each by its weight; 0 before the first one.
    float bytes_mean = 0;     // By the same weights.
    std::uint32_t since = 0;  // Tenths of a second since started_at_: 13 years.
  };
  static_assert(sizeof(Seen) == 16);

  void weigh(TimePoint now);

  PerSubscription<Seen> seen_;
  std::optional<TimePoint> started_at_;
  TimePoint weighed_at_;
  TimePoint unit_at_;  // When a message weighed 1.
  double weight_ = 1;  // Of a message at weighed_at_.
};

}  // namespace wsm
