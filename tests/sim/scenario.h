#pragma once

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

#include "sim/chaos.h"
#include "sim/sabotage.h"
#include "sim/verdict.h"

namespace wsm::sim {

/// What a run was asked to be.
struct ScenarioOptions {
  std::uint64_t seed = 1;
  Duration chaos = std::chrono::hours{10};
  Sabotage sabotage = Sabotage::kNone;
  bool has_all_numbers = true;  ///< Also snapshots, chains, and numbers of connections.
  std::FILE* trace = nullptr;   ///< Every event goes here.
};

/// What happened, in one world or in many.
struct Totals {
  std::uint64_t delivered = 0;
  std::uint64_t lost = 0;
  std::uint64_t dials = 0;
  std::uint64_t circuit_breaker_trips = 0;
  std::uint64_t switchovers = 0;
  std::uint64_t moves = 0;
  std::uint64_t moves_proven = 0;
  std::uint64_t proven = 0;   ///< Connections and subscriptions that were replaced or moved.
  std::uint64_t excused = 0;  ///< Messages lost meanwhile, because of the world.
  Chaos::Counts faults{};
  Duration simulated{};

  Totals& operator+=(const Totals& other);
};

/// What became of it.
struct Outcome : Totals {
  std::optional<Verdict::Failure> failure;
  std::string last_events;  ///< Of a run that failed.
  std::uint64_t trace_hash = 0;
  std::uint64_t tasks = 0;
};

/// One world, made of its seed: rules, configuration, network and faults are drawn; chaos for a
/// while, then all faults off and a bound on recovery.
[[nodiscard]] Outcome run_scenario(const ScenarioOptions& options);

}  // namespace wsm::sim
