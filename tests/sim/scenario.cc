#include "sim/scenario.h"

#include <algorithm>
#include <string>
#include <vector>

#include "sim/client.h"
#include "sim/network.h"
#include "sim/oracles.h"
#include "sim/venue.h"
#include "sim/world.h"

namespace wsm::sim {
namespace {

using namespace std::chrono_literals;

/// How often the oracles that look at a whole are asked.
constexpr Duration kCheckInterval = 1min;
constexpr Duration kLookUpMax = 3s;

/// In half of the worlds the server has an address in figures.
Duration draw_look_up_max(Dice dice) {
  return dice.once_in(2) ? Duration::zero() : dice.between(1ms, kLookUpMax);
}

LinkQuality draw_quality(Dice& dice) {
  return {.latency = dice.between(100us, 80ms),
          .jitter = dice.between({}, 20ms),
          .bytes_per_second = dice.once_in(4) ? dice.between(std::uint64_t{2'000}, 100'000) : 0,
          .cuts_one_segment_in = dice.between(std::uint64_t{0}, 10)};
}

VenueRules draw_rules(Dice& dice) {
  constexpr AnswerStyle kStyles[] = {AnswerStyle::kNone, AnswerStyle::kForRequest,
                                     AnswerStyle::kForTopics, AnswerStyle::kInPart};
  VenueRules rules;
  rules.topics = dice.between(std::uint64_t{1}, 60);
  rules.subscriptions_max = dice.between(std::uint64_t{1}, 30);
  rules.message_interval = dice.between(5s, 60s);
  if (dice.once_in(3)) rules.heartbeat_interval = dice.between(5s, 30s);
  rules.answers = dice.one_of(kStyles);
  if (dice.once_in(2)) rules.answer_delay_max = dice.between(1ms, 20s);
  if (dice.once_in(4)) rules.connection_age_max = dice.between(5min, 2h);
  return rules;
}

/// Each of them in some worlds. There are always enough connections for as many shards as there
/// can be, for otherwise some would wait for ever.
LimitOptions draw_limits(Dice& dice, const VenueRules& rules, std::size_t redundancy) {
  LimitOptions limits;
  if (dice.once_in(2)) {
    limits.messages_per_window = dice.between(std::uint64_t{3}, 20);
    limits.window = dice.between(500ms, 15s);
  }
  if (dice.once_in(3)) limits.message_spacing = dice.between(1ms, 500ms);
  if (dice.once_in(2)) {
    limits.connects_per_window = dice.between(std::uint64_t{2}, 10);
    limits.connect_window = dice.between(1s, 10s);
  }
  if (dice.once_in(3)) {
    const std::size_t shards = (rules.topics - 1) / rules.subscriptions_max + 1;
    limits.max_connections = shards * redundancy + dice.below(4);
  }
  return limits;
}

/// Of all connections, in some worlds: as many as can be wished for, and some to replace them by.
std::optional<std::size_t> draw_max_subscriptions(Dice dice, const VenueRules& rules,
                                                  std::size_t redundancy) {
  if (!dice.once_in(3)) return std::nullopt;
  const std::size_t spare = dice.once_in(2) ? 5 : 2 * rules.subscriptions_max;
  return rules.topics * redundancy + dice.below(spare + 1);
}

/// A venue that counts for itself, by the limits that the client has been told: it sees frames and
/// dials as much closer together as the way makes them.
VenueLimits counted_by_venue(const LimitOptions& limits, const LinkQuality& quality) {
  const Duration squeezed = quality.jitter + 1us;
  VenueLimits counted;
  if (limits.window) {
    counted.frames = limits.messages_per_window;
    counted.window = *limits.window - squeezed;
  }
  if (limits.connect_window) {
    counted.connects = limits.connects_per_window;
    counted.connect_window = *limits.connect_window - squeezed;
  }
  return counted;
}

/// What the client takes the limits for.
LimitOptions misread(LimitOptions limits, Sabotage sabotage) {
  if (sabotage == Sabotage::kSendsTooFast && limits.window) *limits.window /= 2;
  if (sabotage == Sabotage::kConnectsTooFast && limits.connect_window) *limits.connect_window /= 2;
  if (sabotage == Sabotage::kSubscribesTooMuch && limits.max_subscriptions) {
    *limits.max_subscriptions += 1;
  }
  if (sabotage == Sabotage::kConnectsTooOften && limits.max_connections) ++*limits.max_connections;
  return limits;
}
ConnectionOptions misread(ConnectionOptions circuit, Sabotage sabotage) {
  if (sabotage == Sabotage::kIgnoresCircuit) circuit.circuit_breaker_threshold = 1'000'000;
  return circuit;
}

/// Of these, when the circuit breaker opens and for how long.
ConnectionOptions draw_circuit(Dice dice) {
  ConnectionOptions options;
  options.circuit_breaker_threshold = static_cast<std::uint32_t>(dice.between(std::uint64_t{1}, 8));
  options.circuit_breaker_reset_timeout = dice.between(1s, 60s);
  return options;
}

/// What is done about holes and about slow handlers, and whether silence is learned.
void draw_flow(Dice& dice, ShardManagerConfigBuilder& builder) {
  // Whoever drops does not deliver until the numbers begin anew, which they do not here.
  constexpr GapRecovery kRecoveries[] = {GapRecovery::kGoOn, GapRecovery::kAskAgain,
                                         GapRecovery::kReconnect};
  constexpr LoadMeasure kMeasures[] = {LoadMeasure::kCount, LoadMeasure::kMessages,
                                       LoadMeasure::kBytes};
  builder.gap_recovery(dice.one_of(kRecoveries));
  builder.rebalance_by(dice.one_of(kMeasures));
  builder.reserve_bytes_max(dice.once_in(2) ? 0 : dice.between(std::uint64_t{200}, 100'000));
  if (dice.once_in(4)) {
    builder.subscription_timeout_intervals(
        static_cast<std::uint32_t>(dice.between(std::uint64_t{4}, 10)));
  }
}

/// Connections for each subscription; in two of three worlds one.
std::size_t draw_redundancy(Dice dice) {
  return dice.once_in(3) ? dice.between(std::uint64_t{2}, 3) : 1;
}

std::vector<std::string> draw_sources(Dice& dice) {
  if (!dice.once_in(3)) return {};
  std::vector<std::string> sources{"192.0.2.1", "192.0.2.2", "192.0.2.3"};
  sources.resize(dice.between(std::uint64_t{1}, 3));
  return sources;
}

std::vector<std::string> draw_proxies(Dice dice) {
  if (!dice.once_in(3)) return {};
  std::vector<std::string> proxies{"socks5h://one.sim", "http://two.sim", "https://three.sim"};
  proxies.resize(dice.between(std::uint64_t{1}, 3));
  return proxies;
}

/// The names of the venue, in half of the worlds one.
std::vector<std::string> draw_urls(Dice dice) {
  std::vector<std::string> urls{"ws://venue.sim/", "ws://other.venue.sim/",
                                "ws://third.venue.sim/"};
  urls.resize(dice.once_in(2) ? 1 : dice.between(std::uint64_t{2}, 3));
  return urls;
}

/// How much longer everything takes because of the limits: each shard connects three times, a
/// failure and a standby included, and each subscription is asked for on its own.
Duration ramp_bound(const LimitOptions& limits, const VenueRules& rules, std::size_t redundancy) {
  Duration bound{};
  const auto topics = static_cast<Duration::rep>(rules.topics * redundancy);
  const auto requests = 2 * static_cast<Duration::rep>(rules.subscriptions_max) + 10;
  if (limits.connect_window) {
    bound += 3 * (topics / static_cast<Duration::rep>(*limits.connects_per_window) + 1) *
             (*limits.connect_window + kLookUpMax);
  }
  if (limits.window) {
    const auto common = static_cast<Duration::rep>(*limits.messages_per_window) - 2;
    bound += 3 * (requests / common + 1) * *limits.window;
  }
  return bound + 3 * requests * limits.message_spacing.value_or(Duration::zero());
}

ShardManagerConfig draw_config(Dice& dice, Dice flow_dice, const VenueRules& rules,
                               const LimitOptions& limits, const ConnectionOptions& connection,
                               std::size_t redundancy) {
  constexpr ShardSelectionStrategy kStrategies[] = {ShardSelectionStrategy::kLeastLoaded,
                                                    ShardSelectionStrategy::kRoundRobin,
                                                    ShardSelectionStrategy::kSequential};
  auto builder = ShardManagerConfig::builder();
  builder.shard_selection_strategy(dice.one_of(kStrategies))
      .hot_switchover(!dice.once_in(4))
      .redundancy(redundancy)
      .max_connect_attempts(static_cast<std::uint32_t>(dice.between(std::uint64_t{1}, 12)))
      .circuit_breaker_threshold(connection.circuit_breaker_threshold)
      .circuit_breaker_reset_timeout(connection.circuit_breaker_reset_timeout)
      .proxies(connection.proxies)
      .subscriptions_per_message(dice.between(std::uint64_t{1}, 20))
      .bytes_per_message(dice.between(std::uint64_t{20}, 200))
      .messages_per_window(limits.messages_per_window)
      .window(limits.window)
      .message_spacing(limits.message_spacing)
      .connects_per_window(limits.connects_per_window)
      .connect_window(limits.connect_window)
      .max_connections(limits.max_connections)
      .max_subscriptions(limits.max_subscriptions)
      // Each topic has a message at least every one and a half intervals.
      .data_timeout(2 * rules.message_interval + 1s);
  if (dice.once_in(2)) builder.subscription_timeout(2 * rules.message_interval + 1s);
  // Whoever renews before everything is asked for is never live.
  const Duration least = std::max<Duration>(1min, ramp_bound(limits, rules, redundancy));
  if (dice.once_in(3)) builder.proactive_reconnect_interval(dice.between(least, least + 14min));
  draw_flow(flow_dice, builder);
  // A venue that counts takes all connects for those of one address.
  if (!rules.limits.connects) {
    builder.source_ips(draw_sources(flow_dice)).shards_per_ip(2 * rules.topics * redundancy);
  }
  return *builder.build();
}

/// In half of the worlds messages have numbers; only there losses can be counted.
Recognition draw_recognition(Dice& dice, Sabotage sabotage) {
  if (sabotage != Sabotage::kNone || dice.once_in(2)) return Recognition::kNumbers;
  return dice.once_in(2) ? Recognition::kKeys : Recognition::kPayloads;
}

void choose_recognition(Dice dice, Sabotage sabotage, Client& client, Oracles& oracles) {
  const Recognition recognition = draw_recognition(dice, sabotage);
  client.set_recognition(recognition);
  if (recognition == Recognition::kNumbers) return;
  oracles.ledger.expect_no_numbers();
  oracles.join.expect_no_numbers();
}

/// How long recovery may take when nothing fails any more: the silence is noticed (pings or data),
/// the longest backoff or Retry-After ends, a connection opens, and everything is requested; what
/// a hook had refused is asked again after the longest delay.
///
/// Where topics are handed over one slice after the other, a standby that falls silent on the way
/// is found out when the last slice has had its time to be proven.
Duration recovery_bound(const ShardManagerConfig& config, std::size_t topics) {
  const HealthOptions& health = config.health();
  const Duration unnoticed =
      *health.ping_interval + 4 * (*health.ping_interval + *health.pong_timeout);
  // Up the ladder twice, for what is cured by another connection only.
  const Duration ladder = 9 * health.subscription_timeout.value_or(Duration::zero());
  const bool has_slices = config.limits().max_subscriptions && config.manager().hot_switchover;
  const auto slices = has_slices ? static_cast<Duration::rep>(topics) : 0;
  return 6 * kLookUpMax + ladder + unnoticed + slices * *health.data_timeout +
         4 * *health.data_timeout + 2 * config.connection().connect_timeout +
         3 * config.backoff().max_delay + 60s + 2min;
}

std::string not_live(const Supervisor& core, TimePoint now) {
  std::string text = "the core does not call itself live:";
  for (const ShardMetrics& shard : core.metrics(now).shards) {
    text += ' ' + std::to_string(shard.shard_id.value()) + ' ' +
            std::string{to_string(shard.status)} + ',';
  }
  return text + " next deadline in " + [&] {
    const auto next = core.next_deadline();
    return next ? std::to_string((*next - now).count()) : std::string{"never"};
  }();
}

Outcome outcome_of(World& world, Oracles& oracles, const Chaos& chaos) {
  Outcome outcome;
  outcome.failure = oracles.verdict.failure();
  if (outcome.failure) outcome.last_events = world.trace.tail();
  outcome.trace_hash = world.trace.hash();
  outcome.tasks = world.tasks_run();
  outcome.delivered = oracles.delivery.arrived();
  outcome.lost = oracles.delivery.lost();
  outcome.dials = oracles.counters.dials();
  outcome.circuit_breaker_trips = oracles.circuit.trips();
  outcome.switchovers = oracles.counters.switchovers();
  outcome.moves = oracles.counters.moves();
  outcome.moves_proven = oracles.counters.moves_proven();
  outcome.faults = chaos.counts();
  outcome.simulated = world.elapsed();
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
  for (std::size_t i = 0; i < faults.size(); ++i) faults[i] += other.faults[i];
  simulated += other.simulated;
  return *this;
}

Outcome run_scenario(const ScenarioOptions& options) {
  World world{options.seed};
  world.trace.print_to(options.trace);
  Dice dice = world.dice("scenario");
  VenueRules rules = draw_rules(dice);
  Dice limit_dice = world.dice("limits");
  const std::size_t redundancy = draw_redundancy(world.dice("redundancy"));
  LimitOptions limits = draw_limits(limit_dice, rules, redundancy);
  limits.max_subscriptions = draw_max_subscriptions(world.dice("budget"), rules, redundancy);
  if (limit_dice.once_in(3)) rules.ping_interval = limit_dice.between(100ms, 30s);
  const LinkQuality quality = draw_quality(dice);
  // On a slow link nobody can say what arrives when.
  const bool venue_counts = quality.bytes_per_second == 0 && limit_dice.once_in(2);
  if (venue_counts) rules.limits = counted_by_venue(limits, quality);
  ConnectionOptions connection = draw_circuit(world.dice("circuit"));
  connection.proxies = draw_proxies(world.dice("proxies"));
  const ShardManagerConfig config =
      draw_config(dice, world.dice("flow"), rules, misread(limits, options.sabotage),
                  misread(connection, options.sabotage), redundancy);

  Oracles oracles{world};
  oracles.limits.set_limits(limits);
  oracles.placement.set_redundancy(redundancy);
  oracles.circuit.set_rules(connection, config.backoff());
  oracles.join.set_rules(config.health().gap_recovery);
  Network network{world, quality};
  network.set_look_up_max(draw_look_up_max(world.dice("names")));
  Venue venue{world, rules, oracles};
  Client client{world, network, venue, config, oracles};
  client.set_sabotage(options.sabotage);
  choose_recognition(world.dice("recognition"), options.sabotage, client, oracles);
  client.set_urls(draw_urls(world.dice("endpoints")));
  FaultPlan plan = FaultPlan::draw(dice);
  // Without a time-out for single subscriptions nobody promises to find one that has died.
  if (!config.health().subscription_timeout) {
    plan.turn_off(Fault::kMuteTopic);
    plan.turn_off(Fault::kIgnoredRequests);
  }
  if (client.urls().size() == 1) plan.turn_off(Fault::kDeadEndpoint);
  if (!config.connection().source_ips.empty()) {
    plan.draw_late(Fault::kDeadSource, world.dice("sources"));
  }
  if (!config.connection().proxies.empty()) {
    plan.draw_late(Fault::kDeadProxy, world.dice("dead proxies"));
  }
  plan.turn_off(venue_counts ? Fault::kBadNetwork : Fault::kStrictVenue);
  Chaos chaos{world, network, venue, client, oracles.placement, plan};

  std::vector<Topic> topics;
  for (std::size_t topic = 0; topic < rules.topics; ++topic) {
    if (!dice.once_in(4)) topics.emplace_back(static_cast<Topic::rep>(topic));
  }
  venue.open();
  const bool overfills = options.sabotage == Sabotage::kOverfillsShard;
  client.start(topics, rules.subscriptions_max + (overfills ? 1 : 0));
  chaos.begin();
  const TimePoint end_of_chaos = world.now() + options.chaos;
  while (world.now() < end_of_chaos && !world.is_stopped()) {
    world.run_until(std::min(end_of_chaos, world.now() + kCheckInterval));
    oracles.check(client.core());
  }
  chaos.end();
  world.run_until(std::max(world.now(), client.frozen_until()));

  const auto find_fault = [&, since = world.now()]() -> std::optional<std::string> {
    if (!client.core().is_live()) return not_live(client.core(), world.now());
    if (auto fault = oracles.placement.find_unsettled()) return fault;
    return oracles.freshness.find_stale(since);
  };
  if (!world.run_until([&] { return !find_fault(); }, recovery_bound(config, rules.topics) +
                                                          ramp_bound(limits, rules, redundancy))) {
    oracles.verdict.fail("recovery", find_fault().value_or("too late"));
  }
  oracles.check(client.core());

  return outcome_of(world, oracles, chaos);
}

}  // namespace wsm::sim
