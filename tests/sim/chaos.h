#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sim/client.h"
#include "sim/fault_plan.h"
#include "sim/network.h"
#include "sim/oracle_placement.h"
#include "sim/venue.h"
#include "sim/world.h"

namespace wsm::sim {

/// Makes things go wrong by a plan, and counts how often.
class Chaos {
 public:
  Chaos(World& world, Network& network, Venue& venue, Client& client,
        const PlacementOracle& placement, const FaultPlan& plan);

  /// Where drain notices send whom they reach, but for some that name no place.
  void set_drain_urls(std::vector<std::string> urls) { drain_urls_ = std::move(urls); }

  void begin();
  /// No more faults; those that last are over.
  void end();

  using Counts = std::array<std::uint64_t, kFaultCount>;
  [[nodiscard]] const Counts& counts() const { return counts_; }

 private:
  void schedule(Fault fault);
  void commit(Fault fault);
  void hurt_a_session(Fault fault);
  void hurt_a_topic(Fault fault, Session& victim);
  void begin_lasting(Fault fault);
  void end_lasting(Fault fault);
  void act(Fault fault);
  [[nodiscard]] std::string draw_drain_url();

  World& world_;
  Network& network_;
  Venue& venue_;
  Client& client_;
  const PlacementOracle& placement_;
  const FaultPlan plan_;
  Dice dice_;
  Dice drain_dice_;
  std::vector<std::string> drain_urls_;
  const LinkQuality usual_quality_;
  Counts counts_{};
  std::array<std::uint64_t, kFaultCount> lasting_{};  // How many of a kind are under way.
  bool is_over_ = false;
};

}  // namespace wsm::sim
