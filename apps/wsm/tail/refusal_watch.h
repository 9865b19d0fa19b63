#pragma once

#include <cstddef>
#include <set>

#include <wsm/detail/subscription_id.h>
#include <wsm/event.h>

namespace wsm::tail {

/// Finds out that the server has refused every topic, so that waiting for messages is in vain.
class RefusalWatch {
 public:
  /// `topics` is how many there are; 0 when the URL is the subscription.
  explicit RefusalWatch(std::size_t topics) : topics_(topics) {}

  /// Whether `event` says that the last topic is refused as well. A refusal is final here.
  [[nodiscard]] bool is_last_refusal(const EventKind& event);

 private:
  std::size_t topics_;
  std::set<SubscriptionId> refused_;
};

}  // namespace wsm::tail
