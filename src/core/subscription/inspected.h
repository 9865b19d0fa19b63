#pragma once

#include <cstdint>
#include <string_view>

#include <wsm/detail/subscription_id.h>
#include <wsm/inspection.h>

namespace wsm {

/// An Inspection as the core sees it. Subscriptions that nobody wants have been left out.
using Inspected = Inspection<SubscriptionId>;

/// What is to be done with a message that was inspected.
enum class Reception : std::uint8_t {
  kDeliver,
  kWithhold,  ///< GapRecovery::kDrop: the handler must not see it.
};

[[nodiscard]] constexpr std::string_view to_string(Reception reception) {
  switch (reception) {
    case Reception::kDeliver: return "deliver";
    case Reception::kWithhold: return "withhold";
  }
  return "unknown";
}

}  // namespace wsm
