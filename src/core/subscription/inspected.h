#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <wsm/detail/subscription_id.h>
#include <wsm/inspection.h>

namespace wsm {

/// An Inspection as the core sees it. Subscriptions that nobody wants have been left out.
using Inspected = Inspection<SubscriptionId>;

}  // namespace wsm
