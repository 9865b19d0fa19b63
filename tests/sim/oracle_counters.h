#pragma once

#include <cstdint>

#include "core/supervisor/supervisor.h"
#include "sim/observer.h"
#include "sim/verdict.h"

namespace wsm::sim {

/// What the core counts is what has happened: asked at any time, with the core at rest.
class CounterOracle final : public Observer {
 public:
  explicit CounterOracle(Verdict& verdict) : verdict_(verdict) {}

  void handle_event(const EventKind& event) override;
  void handle_dial(ConnectionId, SourceIndex, const Url&) override { ++dials_; }

  void check(const Supervisor& core, std::size_t wanted);

  [[nodiscard]] std::uint64_t dials() const { return dials_; }
  [[nodiscard]] std::uint64_t connections() const { return connections_; }
  [[nodiscard]] std::uint64_t switchovers() const { return switchovers_; }
  [[nodiscard]] std::uint64_t moves() const { return moves_; }
  [[nodiscard]] std::uint64_t moves_proven() const { return moves_proven_; }

 private:
  void expect(std::string_view name, std::uint64_t counted, std::uint64_t real);

  Verdict& verdict_;
  std::uint64_t dials_ = 0;
  std::uint64_t connections_ = 0;
  std::uint64_t switchovers_ = 0;
  std::uint64_t switchovers_ended_ = 0;
  std::uint64_t moves_ = 0;  // Without those that were given up.
  std::uint64_t moves_proven_ = 0;
  std::uint64_t moves_abandoned_ = 0;
  std::uint64_t rebalances_ = 0;
  std::uint64_t stalls_ = 0;
};

}  // namespace wsm::sim
