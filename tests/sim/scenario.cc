#include "sim/scenario.h"

#include <algorithm>
#include <string>

#include "sim/blueprint.h"
#include "sim/client.h"
#include "sim/misreading.h"
#include "sim/network.h"
#include "sim/oracles.h"
#include "sim/venue.h"
#include "sim/world.h"

namespace wsm::sim {
namespace {

/// How often the oracles that look at a whole are asked.
constexpr Duration kCheckInterval = std::chrono::minutes{1};

/// What would be seen at once otherwise, by somebody else.
bool begins_late(Sabotage sabotage) {
  return sabotage == Sabotage::kEndsWithGhost || sabotage == Sabotage::kEndsInSilence;
}

/// A world with all that is in it.
class Play {
 public:
  explicit Play(const ScenarioOptions& options);

  [[nodiscard]] Outcome run();

 private:
  void brief_oracles();
  void run_chaos();
  void leave_ghost();
  [[nodiscard]] Outcome outcome() const;

  const ScenarioOptions options_;
  World world_;
  const Blueprint print_;
  const ShardManagerConfig config_;
  Oracles oracles_;
  Network network_;
  Venue venue_;
  Client client_;
  Chaos chaos_;
};

Play::Play(const ScenarioOptions& options)
    : options_(options),
      world_(options.seed),
      print_(draw_blueprint(world_, options.has_all_numbers)),
      config_(*print_.config.build()),
      oracles_(world_),
      network_(world_, print_.quality),
      venue_(world_, print_.rules, oracles_),
      client_(world_, network_, venue_, misread(print_.config, config_, options.sabotage),
              oracles_),
      chaos_(world_, network_, venue_, client_, oracles_.placement, print_.faults) {
  world_.trace.print_to(options.trace);
  network_.set_look_up_max(print_.look_up_max);
  network_.set_gone(kGoneHost, print_.on_dial_gone);
  if (!begins_late(options.sabotage)) client_.set_sabotage(options.sabotage);
  client_.set_urls(print_.urls);
  client_.set_answering(print_.is_answering);
  chaos_.set_drain_urls(print_.drain_urls);
  brief_oracles();
}

void Play::brief_oracles() {
  oracles_.limits.set_limits(config_.limits());
  oracles_.placement.set_redundancy(config_.manager().redundancy);
  oracles_.drain.set_urls(print_.urls);
  oracles_.circuit.set_rules(config_.connection(), config_.backoff());
  oracles_.join.set_rules(config_.health().gap_recovery);
  oracles_.gaps.set_rules(config_.health());
  oracles_.silence.set_rules(config_.health());
  oracles_.planned.set_rules(config_.health().gap_recovery);
  oracles_.withholding.set_rules(config_.health().gap_recovery);
  oracles_.answers.set_rules(config_.connection(), config_.backoff());
  oracles_.ledger.set_rules(print_.rules.numbers, config_.manager().redundancy);
  if (print_.rules.numbers == Numbers::kOfConnection) oracles_.join.expect_no_numbers();
  // Where something is done wrong with messages, it must be seen.
  if (options_.sabotage != Sabotage::kNone) return;
  client_.set_recognition(print_.recognition);
  if (print_.recognition == Recognition::kNumbers) return;
  oracles_.ledger.expect_no_numbers();
  oracles_.join.expect_no_numbers();
}

Outcome Play::run() {
  world_.trace.note(
      "numbers", to_string(print_.rules.numbers), print_.rules.snapshot_every.value_or(0),
      static_cast<std::uint64_t>(config_.health().gap_recovery), config_.manager().redundancy);
  venue_.open();
  const bool overfills = options_.sabotage == Sabotage::kOverfillsShard;
  client_.start(print_.topics, print_.rules.subscriptions_max + (overfills ? 1 : 0));
  run_chaos();
  if (begins_late(options_.sabotage)) client_.set_sabotage(options_.sabotage);
  if (options_.sabotage == Sabotage::kEndsWithGhost) leave_ghost();
  world_.run_until(std::max(world_.now(), client_.frozen_until()));
  oracles_.recovery.await(client_.core(), recovery_bound(config_, print_.rules));
  oracles_.check(client_.core());
  return outcome();
}

void Play::run_chaos() {
  chaos_.begin();
  const TimePoint end = world_.now() + options_.chaos;
  while (world_.now() < end && !world_.is_stopped()) {
    world_.run_until(std::min(end, world_.now() + kCheckInterval));
    oracles_.check(client_.core());
  }
  chaos_.end();
}

/// The application does not want a topic any more, and tells nobody.
void Play::leave_ghost() {
  const auto& wanted = oracles_.placement.wanted();
  if (!wanted.empty()) oracles_.handle_unwanted(Topic{*wanted.begin()});
}

Outcome Play::outcome() const {
  Outcome outcome;
  outcome.failure = oracles_.verdict.failure();
  if (outcome.failure) outcome.last_events = world_.trace.tail();
  outcome.trace_hash = world_.trace.hash();
  outcome.tasks = world_.tasks_run();
  outcome.delivered = oracles_.delivery.arrived();
  outcome.lost = oracles_.delivery.lost();
  outcome.dials = oracles_.counters.dials();
  outcome.circuit_breaker_trips = oracles_.circuit.trips();
  outcome.switchovers = oracles_.counters.switchovers();
  outcome.moves = oracles_.counters.moves();
  outcome.moves_proven = oracles_.counters.moves_proven();
  outcome.proven = oracles_.planned.proven();
  outcome.excused = oracles_.planned.excused();
  outcome.faults = chaos_.counts();
  outcome.simulated = world_.elapsed();
  return outcome;
}

}  // namespace

Totals& Totals::operator+=(const Totals& other) {
  delivered += other.delivered;
  lost += other.lost;
  dials += other.dials;
  circuit_breaker_trips += other.circuit_breaker_trips;
  switchovers += other.switchovers;
  moves += other.moves;
  moves_proven += other.moves_proven;
  proven += other.proven;
  excused += other.excused;
  for (std::size_t i = 0; i < faults.size(); ++i) faults[i] += other.faults[i];
  simulated += other.simulated;
  return *this;
}

Outcome run_scenario(const ScenarioOptions& options) { return Play{options}.run(); }

}  // namespace wsm::sim
