#include "sim/blueprint.h"

#include <algorithm>
#include <string_view>

namespace wsm::sim {
namespace {

using namespace std::chrono_literals;

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

/// Of these, when the circuit breaker opens and for how long.
ConnectionOptions draw_circuit(Dice dice) {
  ConnectionOptions options;
  options.circuit_breaker_threshold = static_cast<std::uint32_t>(dice.between(std::uint64_t{1}, 8));
  options.circuit_breaker_reset_timeout = dice.between(1s, 60s);
  return options;
}

/// What is done about holes and about slow handlers, and whether silence is learned.
void draw_flow(Dice& dice, ShardManagerConfigBuilder& builder) {
  // With snapshots there is one more: draw_numbers().
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

std::string_view draw_scheme(Dice dice) { return dice.once_in(4) ? "wss://" : "ws://"; }

/// The names of the venue, in half of the worlds one. There is no TLS here, but whoever has it must
/// not be led away from it.
std::vector<std::string> draw_urls(Dice dice, std::string_view scheme) {
  std::vector<std::string> urls;
  for (const char* host : {"venue.sim", "other.venue.sim", "third.venue.sim"}) {
    urls.push_back(std::string{scheme} + host + "/");
  }
  urls.resize(dice.once_in(2) ? 1 : dice.between(std::uint64_t{2}, 3));
  return urls;
}

/// Where drain notices may send whom they reach: to places that the handler knows, or does not
/// know, to where nobody answers, off TLS, and to what is no place. In half of the worlds nowhere.
std::vector<std::string> draw_drain_urls(Dice dice, const std::vector<std::string>& urls) {
  if (dice.once_in(2)) return {};
  std::vector<std::string> places = urls;
  for (const char* url : {"ws://spare.venue.sim/", "wss://spare.venue.sim:8443/", "not a place"}) {
    if (dice.once_in(2)) places.emplace_back(url);
  }
  for (const char* scheme : {"ws://", "wss://"}) {
    if (dice.once_in(3)) places.push_back(std::string{scheme} + kGoneHost + "/");
  }
  return places;
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

ShardManagerConfigBuilder draw_config(Dice& dice, Dice flow_dice, const VenueRules& rules,
                                      const LimitOptions& limits,
                                      const ConnectionOptions& connection, std::size_t redundancy) {
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
  return builder;
}

/// In half of the worlds, what most applications leave as it is. Whoever has a time-out for single
/// subscriptions needs none for connections, and whoever has one of these needs no pings.
void draw_timing(Dice dice, ShardManagerConfigBuilder& builder) {
  if (dice.once_in(2)) return;
  const HealthOptions health = builder.build()->health();
  const bool has_own = dice.once_in(3) && health.subscription_timeout;
  if (has_own) builder.data_timeout(std::nullopt);
  builder.ping_interval(dice.between(10s, 60s)).pong_timeout(dice.between(5s, 20s));
  if (dice.once_in(4) && !has_own) builder.ping_interval(std::nullopt).pong_timeout(std::nullopt);
  builder.failure_threshold(static_cast<std::uint32_t>(dice.between(std::uint64_t{1}, 5)));
  builder.acknowledgement_timeout(dice.between(5s, 40s));
  if (dice.once_in(4)) builder.acknowledgement_timeout(std::nullopt);
  builder.connect_timeout(dice.between(8s, 30s));
  BackoffOptions backoff;
  backoff.initial_delay = dice.between(10ms, 2s);
  backoff.max_delay = dice.between(5s, 90s);
  backoff.multiplier = 1.0 + static_cast<double>(dice.between(std::uint64_t{1}, 20)) / 10;
  backoff.stable_after = dice.between({}, 30s);
  builder.backoff(backoff);
}

/// In half of the worlds messages have numbers; only there losses can be counted.
Recognition draw_recognition(Dice dice) {
  if (dice.once_in(2)) return Recognition::kNumbers;
  return dice.once_in(2) ? Recognition::kKeys : Recognition::kPayloads;
}

/// How they are numbered, where they are; in half of those worlds, by one from the first on.
void draw_numbers(Dice dice, VenueRules& rules, ShardManagerConfigBuilder& builder) {
  if (dice.once_in(2)) return;
  constexpr Numbers kKinds[] = {Numbers::kByOne, Numbers::kChained, Numbers::kOfConnection};
  rules.numbers = dice.one_of(kKinds);
  if (rules.numbers == Numbers::kOfConnection) return;
  if (rules.numbers == Numbers::kChained && dice.once_in(2)) return;
  rules.snapshot_every = dice.between(std::uint64_t{2}, 6);
  if (dice.once_in(2)) builder.gap_recovery(GapRecovery::kDrop);
}

/// In some worlds pings are text, and in a few of those so frequent that they meet everything else.
void draw_pings(Dice dice, VenueRules& rules, ShardManagerConfigBuilder& builder) {
  const bool has_pings = builder.build()->health().ping_interval.has_value();
  if (!has_pings || !dice.once_in(5)) return;
  rules.text_ping = "ping";
  rules.text_pong = dice.once_in(2) ? HealthOptions{}.text_pong : "pong";
  builder.text_ping(rules.text_ping).text_pong(rules.text_pong);
  if (!dice.once_in(4)) return;
  builder.ping_interval(dice.between(1s, 8s)).pong_timeout(dice.between(1s, 8s));
}

/// What has no occasion, or would be nobody's to find, is left out.
FaultPlan draw_faults(Dice& dice, const World& world, const Blueprint& print, bool venue_counts) {
  const ShardManagerConfig config = *print.config.build();
  FaultPlan plan = FaultPlan::draw(dice);
  // Without a time-out for single subscriptions nobody promises to find one that has died.
  if (!config.health().subscription_timeout) {
    plan.turn_off(Fault::kMuteTopic);
    plan.turn_off(Fault::kIgnoredRequests);
  }
  if (print.urls.size() == 1) plan.turn_off(Fault::kDeadEndpoint);
  if (!config.connection().source_ips.empty()) {
    plan.draw_late(Fault::kDeadSource, world.dice("sources"));
  }
  if (!config.connection().proxies.empty()) {
    plan.draw_late(Fault::kDeadProxy, world.dice("dead proxies"));
  }
  if (print.rules.snapshot_every) plan.draw_late(Fault::kNewNumbers, world.dice("new numbers"));
  if (print.is_answering) plan.draw_late(Fault::kSaysStop, world.dice("stops"));
  plan.turn_off(venue_counts ? Fault::kBadNetwork : Fault::kStrictVenue);
  return plan;
}

}  // namespace

Blueprint draw_blueprint(const World& world, bool has_all_numbers) {
  Blueprint print;
  Dice dice = world.dice("scenario");
  VenueRules& rules = print.rules;
  rules = draw_rules(dice);
  Dice limit_dice = world.dice("limits");
  const std::size_t redundancy = draw_redundancy(world.dice("redundancy"));
  LimitOptions limits = draw_limits(limit_dice, rules, redundancy);
  limits.max_subscriptions = draw_max_subscriptions(world.dice("budget"), rules, redundancy);
  if (limit_dice.once_in(3)) rules.ping_interval = limit_dice.between(100ms, 30s);
  print.quality = draw_quality(dice);
  // On a slow link nobody can say what arrives when.
  const bool venue_counts = print.quality.bytes_per_second == 0 && limit_dice.once_in(2);
  if (venue_counts) rules.limits = counted_by_venue(limits, print.quality);
  ConnectionOptions connection = draw_circuit(world.dice("circuit"));
  connection.proxies = draw_proxies(world.dice("proxies"));
  print.config = draw_config(dice, world.dice("flow"), rules, limits, connection, redundancy);
  draw_timing(world.dice("timing"), print.config);
  print.look_up_max = draw_look_up_max(world.dice("names"));
  print.recognition = draw_recognition(world.dice("recognition"));
  if (has_all_numbers && print.recognition == Recognition::kNumbers) {
    draw_numbers(world.dice("numbers"), rules, print.config);
  }
  draw_pings(world.dice("pings"), rules, print.config);
  print.config.auto_rebalance(!world.dice("balance").once_in(8));
  print.is_answering = world.dice("answers are given").once_in(3);
  print.urls = draw_urls(world.dice("endpoints"), draw_scheme(world.dice("schemes")));
  print.on_dial_gone = world.dice("gone").once_in(2) ? OnDial::kIgnore : OnDial::kRefuse;
  print.drain_urls = draw_drain_urls(world.dice("drains"), print.urls);
  print.faults = draw_faults(dice, world, print, venue_counts);
  for (std::size_t topic = 0; topic < rules.topics; ++topic) {
    if (!dice.once_in(4)) print.topics.emplace_back(static_cast<Topic::rep>(topic));
  }
  return print;
}

/// How long recovery may take when nothing fails any more: the silence is noticed (pings or data),
/// the longest backoff or Retry-After ends, a connection opens, and everything is requested; what
/// a hook had refused is asked again after the longest delay.
///
/// Where topics are handed over one slice after the other, a standby that falls silent on the way
/// is found out when the last slice has had its time to be proven.
Duration recovery_bound(const ShardManagerConfig& config, const VenueRules& rules) {
  const HealthOptions& health = config.health();
  const Duration ping = health.ping_interval.value_or(Duration::zero());
  const Duration pong = health.pong_timeout.value_or(Duration::zero());
  const auto pings = static_cast<Duration::rep>(health.failure_threshold) + 1;
  const Duration unnoticed = ping + pings * (ping + pong);
  // Up the ladder twice, for what is cured by another connection only.
  const Duration ladder = 9 * health.subscription_timeout.value_or(Duration::zero());
  const Duration proof = health.data_timeout.value_or(config.connection().connect_timeout);
  const bool has_slices = config.limits().max_subscriptions && config.manager().hot_switchover;
  // Whoever drops waits for a snapshot, which may come too late once.
  const auto snapshots = static_cast<Duration::rep>(2 * rules.snapshot_every.value_or(0));
  const Duration whole = snapshots * (3 * rules.message_interval / 2);
  const auto slices = has_slices ? static_cast<Duration::rep>(rules.topics) : 0;
  return 6 * kLookUpMax + whole + ladder + unnoticed + (slices + 4) * proof +
         2 * config.connection().connect_timeout + 3 * config.backoff().max_delay + 60s + 2min +
         ramp_bound(config.limits(), rules, config.manager().redundancy);
}

}  // namespace wsm::sim
