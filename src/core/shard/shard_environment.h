#pragma once

#include <cstddef>

#include "base/entropy.h"
#include "base/rng.h"
#include "core/join/joins.h"
#include "core/ledger/ledger.h"
#include "core/limits/connect_governor.h"
#include "core/limits/source_addresses.h"
#include "core/limits/subscription_budget.h"
#include "core/outbox.h"
#include "core/recovery/circuits.h"
#include "core/recovery/proxy_rotation.h"
#include "core/redundancy/copies.h"
#include "core/shard/settings.h"
#include "core/subscription/feed_knowledge.h"
#include "core/switchover/renewal_schedule.h"

namespace wsm {

/// What a shard shares with the others of its supervisor, and where it begins.
/// Lifetime: everything that is referred to outlives the shard.
struct ShardEnvironment {
  const ShardSettings& settings;
  Rng& rng;
  EntropySource& entropy;
  Outbox& out;
  ConnectGovernor& governor;
  SubscriptionBudget& budget;
  Circuits& circuits;
  ProxyRotation& proxies;
  SourceAddresses& sources;
  Ledger& ledger;
  Joins& joins;
  FeedKnowledge& feed;
  const Copies& copies;
  RenewalSchedule& renewals;
  SourceIndex source = 0;
  std::size_t first_place = 0;  ///< Among the places that the handler names.
};

}  // namespace wsm
