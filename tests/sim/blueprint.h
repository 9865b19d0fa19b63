#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include <wsm/config.h>

#include "sim/fault_plan.h"
#include "sim/inspect.h"
#include "sim/network.h"
#include "sim/pipe.h"
#include "sim/venue_rules.h"
#include "sim/world.h"

namespace wsm::sim {

/// What a world is made of. All of it follows from the seed.
struct Blueprint {
  VenueRules rules;
  LinkQuality quality;
  Duration look_up_max{};  ///< Of the name of the venue.
  ShardManagerConfigBuilder config;
  Recognition recognition = Recognition::kNumbers;
  bool is_answering = false;              ///< on_error has answers of its own.
  std::vector<std::string> urls;          ///< Of the venue.
  std::vector<std::string> drain_urls;    ///< Where it may send whom it drains.
  OnDial on_dial_gone = OnDial::kRefuse;  ///< At kGoneHost.
  FaultPlan faults;
  std::vector<Topic> topics;  ///< Wanted from the beginning.
};

[[nodiscard]] Blueprint draw_blueprint(const World& world, bool has_all_numbers);

/// A name of the venue under which nobody ever answers.
inline constexpr const char* kGoneHost = "gone.venue.sim";

/// How long recovery may take when nothing fails any more.
[[nodiscard]] Duration recovery_bound(const ShardManagerConfig& config, const VenueRules& rules);

}  // namespace wsm::sim
